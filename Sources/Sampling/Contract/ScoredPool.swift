public import Tensors

/// The candidates of one selection: their rows, their utilities, and what surrounds them.
public struct ScoredPool: Sendable {
  /// Rows of the candidates in the feature matrix, `(n)`, distinct, in any order.
  public var rows: [Int]
  /// Utilities of the candidates, `(n)`, aligned with `rows`; empty where nothing was scored.
  public var utilities: [Float]
  /// Committee members or dropout passes behind the utilities, 1 for a single model.
  public var members: Int
  /// The whole feature matrix `(N, d)`, not only the candidates' rows; nil where the project has none.
  public var features: MatrixView?
  /// Rows of the labelled items in the feature matrix, `(L)`.
  public var labelledRows: [Int]
  /// Classes of the labelled items, `(L)`, each in `0..<classes`, aligned with `labelledRows`.
  public var labelledClasses: [Int]
  /// The number of classes, `c`.
  public var classes: Int
  /// The model behind the utilities, for strategies that compare candidates jointly; nil where there is none.
  public var model: (any PoolModel)?
  /// The share of the pool that the outlier filter estimates to be unlearnable, in `0...1`; 0 where nobody estimated it.
  public var estimatedOutlierShare: Double

  /// Describes the candidates of one selection.
  public init(
    rows: [Int], utilities: [Float] = [], members: Int = 1, features: MatrixView? = nil,
    labelledRows: [Int] = [], labelledClasses: [Int] = [], classes: Int, model: (any PoolModel)? = nil,
    estimatedOutlierShare: Double = 0
  ) {
    self.rows = rows
    self.utilities = utilities
    self.members = members
    self.features = features
    self.labelledRows = labelledRows
    self.labelledClasses = labelledClasses
    self.classes = classes
    self.model = model
    self.estimatedOutlierShare = estimatedOutlierShare
  }

  /// The utility of the candidate at a position of `rows`, 0 where nothing was scored.
  public func utility(at position: Int) -> Float { utilities.isEmpty ? 0 : utilities[position] }

  /// Checks that the arrays describe the same candidates.
  ///
  /// - Throws: ``SamplingError/shapeMismatch(what:expected:found:)``, ``SamplingError/notFinite(row:)``.
  /// - Complexity: O(n + L).
  public func validate() throws {
    if !utilities.isEmpty, utilities.count != rows.count {
      throw SamplingError.shapeMismatch(what: "the number of utilities", expected: rows.count, found: utilities.count)
    }
    if labelledRows.count != labelledClasses.count {
      throw SamplingError.shapeMismatch(
        what: "the number of labelled classes", expected: labelledRows.count, found: labelledClasses.count)
    }
    if let position = utilities.firstIndex(where: { !$0.isFinite }) {
      throw SamplingError.notFinite(row: rows[position])
    }
    if let outside = labelledClasses.first(where: { $0 < 0 || $0 >= classes }) {
      throw SamplingError.shapeMismatch(
        what: "a labelled class below the number of classes", expected: classes, found: outside)
    }
    guard let features else { return }
    for list in [rows, labelledRows] {
      if let outside = list.first(where: { $0 < 0 || $0 >= features.rows }) {
        throw SamplingError.shapeMismatch(
          what: "a row below the number of feature rows", expected: features.rows, found: outside)
      }
    }
  }
}
