public import Domain
import GRDB

/// A fitted featurizer's matrix as the database knows it.
public struct FeatureSet: Sendable, Equatable {
  /// Its version, from 1.
  public var version: Int
  /// Features an item.
  public var dimension: Int
  /// Rows that are filled and on disk.
  public var rows: Int
  /// The pool's size when the featurizer was fitted.
  public var fittedOn: Int

  /// Puts a feature set together.
  public init(version: Int, dimension: Int, rows: Int, fittedOn: Int) {
    self.version = version
    self.dimension = dimension
    self.rows = rows
    self.fittedOn = fittedOn
  }
}

extension Connection {
  /// The newest feature set of a project.
  public func newestFeatureSet(of project: ProjectID) throws -> FeatureSet? {
    try first(
      "SELECT version, dimension, rows, fitted_on FROM feature_set WHERE project_id = ? ORDER BY version DESC LIMIT 1",
      project.rawValue, as: Self.featureSet)
  }

  /// One feature set of a project.
  public func featureSet(_ version: Int, of project: ProjectID) throws -> FeatureSet? {
    try first(
      "SELECT version, dimension, rows, fitted_on FROM feature_set WHERE project_id = ? AND version = ?",
      project.rawValue, version, as: Self.featureSet)
  }

  private static func featureSet(_ row: Row) -> FeatureSet {
    FeatureSet(version: row[0], dimension: row[1], rows: row[2], fittedOn: row[3])
  }

  /// Keeps a new feature set, or the number of rows of a known one.
  public func saveFeatureSet(_ set: FeatureSet, of project: ProjectID, now: Timestamp) throws {
    try run(
      """
      INSERT INTO feature_set(project_id, version, dimension, rows, fitted_on, created_at) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (project_id, version) DO UPDATE SET rows = excluded.rows
      """, project.rawValue, set.version, set.dimension, set.rows, set.fittedOn, now.milliseconds)
  }

  /// Forgets the feature sets before a version.
  ///
  /// - Returns: the versions that were forgotten, whose files can go.
  public func deleteFeatureSets(of project: ProjectID, before version: Int) throws -> [Int] {
    let old = try all(
      "SELECT version FROM feature_set WHERE project_id = ? AND version < ?", project.rawValue, version
    ) { $0[0] as Int }
    try run("DELETE FROM feature_set WHERE project_id = ? AND version < ?", project.rawValue, version)
    return old
  }

  /// The state of a project's stream under a strategy and a budget, as JSON text.
  public func streamState(of project: ProjectID, strategy: String, budget: Double) throws -> String? {
    try first(
      "SELECT state FROM stream_state WHERE project_id = ? AND strategy = ? AND budget = ?", project.rawValue, strategy,
      budget
    ) { $0[0] }
  }

  /// Keeps the state of a stream.
  public func saveStreamState(_ state: String, of project: ProjectID, strategy: String, budget: Double) throws {
    try run(
      """
      INSERT INTO stream_state(project_id, strategy, budget, state) VALUES (?, ?, ?, ?)
      ON CONFLICT (project_id, strategy, budget) DO UPDATE SET state = excluded.state
      """, project.rawValue, strategy, budget, state)
  }
}
