/// What several annotators said about several items where each answer is a set of labels: a sparse table.
public struct SetOpinions: Sendable, Equatable {
  /// One annotator's labels for one item.
  public struct Opinion: Sendable, Hashable {
    /// The item, in `0..<items`.
    public let item: Int
    /// The annotator, in `0..<annotators`.
    public let annotator: Int
    /// The chosen labels, ascending, each in `0..<labels`; empty where none applies.
    public let labels: [Int]

    /// Creates an opinion; the order of the labels and repetitions among them do not matter.
    public init(item: Int, annotator: Int, labels: [Int]) {
      self.item = item
      self.annotator = annotator
      self.labels = Set(labels).sorted()
    }
  }

  /// All opinions, in any order; an annotator has at most one for an item.
  public let opinions: [Opinion]
  /// Number of items, those without an opinion included.
  public let items: Int
  /// Number of annotators, those without an opinion included.
  public let annotators: Int
  /// Number of labels.
  public let labels: Int

  /// Creates a table.
  ///
  /// - Throws: ``ConsensusError`` with the first opinion that is out of range or a second one of its annotator on its item.
  /// - Complexity: O(chosen labels).
  public init(_ opinions: [Opinion], items: Int, annotators: Int, labels: Int) throws(ConsensusError) {
    var seen = Set<Int>(minimumCapacity: opinions.count)
    for (index, opinion) in opinions.enumerated() {
      guard 0..<items ~= opinion.item, 0..<annotators ~= opinion.annotator,
        opinion.labels.allSatisfy({ 0..<labels ~= $0 })
      else { throw .outOfRange(index: index) }
      guard seen.insert(opinion.item &* annotators &+ opinion.annotator).inserted else { throw .repeated(index: index) }
    }
    self.opinions = opinions
    self.items = items
    self.annotators = annotators
    self.labels = labels
  }

  /// What was said about one label: 1 where it was chosen, 0 where it was not.
  ///
  /// - Complexity: O(opinions · log labels).
  public func binary(_ label: Int) -> Opinions {
    Opinions(
      unchecked: opinions.map {
        Opinions.Opinion(item: $0.item, annotator: $0.annotator, label: $0.labels.contains(label) ? 1 : 0)
      }, items: items, annotators: annotators, classes: 2)
  }
}
