/// Why an item is kept out of queries.
public struct Exclusion: Sendable, Equatable {
  /// The item's row in the pool.
  public var row: Int
  /// The round whose filter kept it out.
  public var round: Int
  /// The filter's method.
  public var method: String
  /// The chance that no model learns the item, in `0...1`.
  public var probability: Double
  /// What speaks against it, for a person.
  public var reason: String
  /// Rows of the labelled items that spoke against it.
  public var neighbours: [Int]
  /// The group of excluded items that it is like; `nil` where it stands alone.
  public var group: Int?

  /// Puts an exclusion together.
  public init(
    row: Int, round: Int, method: String, probability: Double, reason: String, neighbours: [Int], group: Int?
  ) {
    self.row = row
    self.round = round
    self.method = method
    self.probability = probability
    self.reason = reason
    self.neighbours = neighbours
    self.group = group
  }
}
