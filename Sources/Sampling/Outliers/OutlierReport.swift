/// An item that an outlier filter keeps out of queries, with what a person needs to judge that.
public struct ExcludedItem: Sendable, Hashable {
  /// The item's row in the feature matrix.
  public let row: Int
  /// How sure the filter is, in `0...1`: for learnability filters the probability that most models would get it wrong.
  public let probability: Double
  /// Why, in plain words.
  public let reason: String
  /// Labelled or rejected rows that spoke most, the weightiest first.
  public let neighbours: [Int]

  /// Describes an excluded item.
  public init(row: Int, probability: Double, reason: String, neighbours: [Int]) {
    self.row = row
    self.probability = probability
    self.reason = reason
    self.neighbours = neighbours
  }
}

/// Excluded items that lie together, to be judged at one look.
public struct OutlierGroup: Sendable, Hashable {
  /// All rows of the group, ascending.
  public let rows: [Int]
  /// A few of them: the one nearest to the group's centre, then each the farthest from those before.
  ///
  /// Where even the extremes of a group are no use, the group is none.
  public let representatives: [Int]

  /// Describes a group.
  public init(rows: [Int], representatives: [Int]) {
    self.rows = rows
    self.representatives = representatives
  }
}

/// What an outlier filter found; made anew each time, nothing is remembered from one report to the next.
public struct OutlierReport: Sendable, Hashable {
  /// The method that really worked: that of `auto` is another one.
  public var method: String
  /// Items kept out of queries, the surest first.
  public var excluded: [ExcludedItem]
  /// The excluded items by likeness, the largest group first.
  public var groups: [OutlierGroup]
  /// The share of the candidates that is excluded, in `0...1`: a careful estimate of the share of outliers.
  ///
  /// The mean probability of being unlearnable would be a larger one, but it takes what is merely hard for outliers:
  /// on questions in six classes and 200 labels it says 0.3 where nothing is wrong.
  public var estimatedShare: Double
  /// Why nothing is excluded, or that something was restored; nil where there is nothing to say.
  public var reason: String?

  /// Describes what was found.
  public init(
    method: String, excluded: [ExcludedItem] = [], groups: [OutlierGroup] = [], estimatedShare: Double = 0,
    reason: String? = nil
  ) {
    self.method = method
    self.excluded = excluded
    self.groups = groups
    self.estimatedShare = estimatedShare
    self.reason = reason
  }

  /// The rows kept out of queries.
  public var excludedRows: Set<Int> { Set(excluded.map(\.row)) }
}
