/// What several annotators together say about an item.
enum ConsensusAnswer: Sendable, Equatable {
  /// The label by its index, where each item has exactly one.
  case `class`(Int)
  /// The labels by their indices in ascending order, where each item has any number.
  case labels([Int])

  /// The labels' indices.
  var indices: [Int] {
    switch self {
    case .class(let index): [index]
    case .labels(let set): set
    }
  }
}
