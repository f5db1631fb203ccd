/// Opinions in the order of their items, so that those on an item follow each other.
struct OpinionIndex {
  /// Annotators and labels, by item.
  let annotators: [Int]
  let labels: [Int]
  /// The opinions on item `i` stand at `starts[i]..<starts[i + 1]`.
  let starts: [Int]

  /// Sorts by counting, which keeps the order within an item: O(opinions + items).
  init(_ table: Opinions) {
    var starts = [Int](repeating: 0, count: table.items + 1)
    for opinion in table.opinions { starts[opinion.item + 1] += 1 }
    for item in 0..<table.items { starts[item + 1] += starts[item] }
    var next = starts
    var annotators = [Int](repeating: 0, count: table.opinions.count)
    var labels = annotators
    for opinion in table.opinions {
      let place = next[opinion.item]
      next[opinion.item] += 1
      annotators[place] = opinion.annotator
      labels[place] = opinion.label
    }
    (self.annotators, self.labels, self.starts) = (annotators, labels, starts)
  }

  /// Where the opinions on an item stand.
  func range(_ item: Int) -> Range<Int> { starts[item]..<starts[item + 1] }

  /// How many opinions an item has.
  func count(_ item: Int) -> Int { starts[item + 1] - starts[item] }
}
