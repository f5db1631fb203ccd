/// What several annotators said about several items: a sparse table of single labels.
public struct Opinions: Sendable, Equatable {
  /// One annotator's label for one item.
  public struct Opinion: Sendable, Hashable {
    /// The item, in `0..<items`.
    public let item: Int
    /// The annotator, in `0..<annotators`.
    public let annotator: Int
    /// The label, in `0..<classes`.
    public let label: Int

    /// Creates an opinion.
    public init(item: Int, annotator: Int, label: Int) {
      self.item = item
      self.annotator = annotator
      self.label = label
    }
  }

  /// All opinions, in any order; an annotator has at most one for an item.
  public let opinions: [Opinion]
  /// Number of items, those without an opinion included.
  public let items: Int
  /// Number of annotators, those without an opinion included.
  public let annotators: Int
  /// Number of classes.
  public let classes: Int

  /// Creates a table.
  ///
  /// - Throws: ``ConsensusError`` with the first opinion that is out of range or a second one of its annotator on its item.
  /// - Complexity: O(opinions).
  public init(_ opinions: [Opinion], items: Int, annotators: Int, classes: Int) throws(ConsensusError) {
    var seen = Set<Int>(minimumCapacity: opinions.count)
    for (index, opinion) in opinions.enumerated() {
      guard 0..<items ~= opinion.item, 0..<annotators ~= opinion.annotator, 0..<classes ~= opinion.label else {
        throw .outOfRange(index: index)
      }
      guard seen.insert(opinion.item &* annotators &+ opinion.annotator).inserted else { throw .repeated(index: index) }
    }
    self.opinions = opinions
    self.items = items
    self.annotators = annotators
    self.classes = classes
  }
  /// A table whose opinions are known to be in range and without repetition.
  init(unchecked opinions: [Opinion], items: Int, annotators: Int, classes: Int) {
    self.opinions = opinions
    self.items = items
    self.annotators = annotators
    self.classes = classes
  }
}
