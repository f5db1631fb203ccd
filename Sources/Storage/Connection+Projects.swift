public import Domain
import Foundation
import GRDB

extension Connection {
  /// Every project, oldest first.
  public func projects() throws -> [Project] {
    let labels = try self.labels(of: nil)
    return try all(Self.projectColumns + " ORDER BY id") { try Self.project($0, labels: labels) }
  }

  /// One project.
  public func project(_ id: ProjectID) throws -> Project? {
    let labels = try self.labels(of: id)
    return try first(Self.projectColumns + " WHERE id = ?", id.rawValue) { try Self.project($0, labels: labels) }
  }

  /// The project of that name.
  public func project(named name: String) throws -> Project? {
    guard let id = try first("SELECT id FROM project WHERE name = ?", name, as: { $0[0] as Int64 }) else { return nil }
    return try project(ProjectID(id))
  }

  private static let projectColumns =
    "SELECT id, name, modality, task, guidelines, settings, version, created_at FROM project"

  private static func project(_ row: Row, labels: [ProjectID: [LabelDefinition]]) throws -> Project {
    let id = ProjectID(row[0])
    guard let modality = Modality(rawValue: row[2]), let task = LabelingTask(rawValue: row[3]),
      let settings = try? JSONDecoder().decode(ProjectSettings.self, from: Data((row[5] as String).utf8))
    else { throw StorageError.notADatabase(path: "project \(id)", reason: "its settings cannot be read") }
    return Project(
      id: id, name: row[1], modality: modality, task: task, labels: labels[id] ?? [], guidelines: row[4],
      settings: settings, version: row[6], createdAt: Timestamp(milliseconds: row[7]))
  }

  private func labels(of project: ProjectID?) throws -> [ProjectID: [LabelDefinition]] {
    let rows = try all(
      """
      SELECT project_id, id, name, description, hotkey, color FROM label WHERE ?1 IS NULL OR project_id = ?1
      ORDER BY project_id, position
      """, project?.rawValue
    ) {
      (
        ProjectID($0[0]),
        LabelDefinition(id: LabelID($0[1]), name: $0[2], description: $0[3], hotkey: $0[4], color: $0[5])
      )
    }
    return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
  }

  /// Makes a project without labels.
  public func insertProject(
    name: String, modality: Modality, task: LabelingTask, guidelines: String, settings: ProjectSettings, now: Timestamp
  ) throws -> ProjectID {
    ProjectID(
      try insert(
        "INSERT INTO project(name, modality, task, guidelines, settings, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        name, modality.rawValue, task.rawValue, guidelines, try Self.text(of: settings), now.milliseconds))
  }

  /// Writes a project's own members and counts the change; labels have functions of their own.
  public func updateProject(_ project: Project) throws {
    try run(
      "UPDATE project SET name = ?, guidelines = ?, settings = ?, version = version + 1 WHERE id = ?",
      project.name, project.guidelines, try Self.text(of: project.settings), project.id.rawValue)
  }

  private static func text(of settings: ProjectSettings) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(settings), as: UTF8.self)
  }

  /// Removes a project with everything that refers to it.
  public func deleteProject(_ id: ProjectID) throws {
    // Annotations go only with what was announced here.
    try run("INSERT INTO removal(project_id, item_id) VALUES (?, 0)", id.rawValue)
    // Children first: annotations refer to leases and labels without a cascade, so that nothing else can remove them.
    for table in ["annotation", "lease", "item", "label"] {
      try run("DELETE FROM \(table) WHERE project_id = ?", id.rawValue)
    }
    try run("DELETE FROM project WHERE id = ?", id.rawValue)
    try run("DELETE FROM removal WHERE project_id = ?", id.rawValue)
  }

  /// Adds a label at a position.
  public func insertLabel(_ draft: LabelDraft, position: Int, in project: ProjectID) throws {
    try run(
      "INSERT INTO label(project_id, position, name, description, hotkey, color) VALUES (?, ?, ?, ?, ?, ?)",
      project.rawValue, position, draft.name, draft.description, draft.hotkey, draft.color)
  }

  /// Changes a label in place; its identity and what was said with it stay.
  public func updateLabel(_ id: LabelID, to draft: LabelDraft, position: Int) throws {
    try run(
      "UPDATE label SET position = ?, description = ?, hotkey = ?, color = ? WHERE id = ?",
      position, draft.description, draft.hotkey, draft.color, id.rawValue)
  }

  /// Removes a label that nothing refers to.
  public func deleteLabel(_ id: LabelID) throws {
    try run("DELETE FROM label WHERE id = ?", id.rawValue)
  }

  /// How many annotations and adjudications have ever used a label.
  public func uses(of label: LabelID) throws -> Int {
    let said = try first("SELECT count(*) FROM annotation_label WHERE label_id = ?", label.rawValue) { $0[0] as Int }
    let settled = try first("SELECT count(*) FROM adjudication_label WHERE label_id = ?", label.rawValue) {
      $0[0] as Int
    }
    return (said ?? 0) + (settled ?? 0)
  }

  /// The lengths that all vectors and embeddings of a project have, and how many rows its pool has had.
  public func poolShape(of project: ProjectID) throws -> PoolShape {
    try first("SELECT vector_length, embedding_length, next_row FROM project WHERE id = ?", project.rawValue) {
      PoolShape(vectorLength: $0[0], embeddingLength: $0[1], nextRow: $0[2])
    } ?? PoolShape(vectorLength: nil, embeddingLength: nil, nextRow: 0)
  }

  /// Writes what ``poolShape(of:)`` reads.
  public func updatePoolShape(_ shape: PoolShape, of project: ProjectID) throws {
    try run(
      "UPDATE project SET vector_length = ?, embedding_length = ?, next_row = ? WHERE id = ?",
      shape.vectorLength, shape.embeddingLength, shape.nextRow, project.rawValue)
  }
}

/// What all items of a pool have in common.
public struct PoolShape: Sendable, Equatable {
  /// How many numbers each vector has, once there is one.
  public var vectorLength: Int?
  /// How many numbers each embedding has: 0 where the pool's items have none, `nil` while the pool is empty.
  public var embeddingLength: Int?
  /// The row that the next item gets.
  public var nextRow: Int
}
