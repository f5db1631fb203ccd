public import Domain
import Features
import Foundation
import Storage
import Tensors

extension LabelingService {
  /// Adds rows to a pool; a bad row never sinks the others.
  ///
  /// - Parameters:
  ///   - rows: the rows with their numbers in the push, or what was wrong with them already.
  ///   - urgent: whether they are asked before the ranking, as a stream's queries are.
  /// - Complexity: O(rows); one transaction, so push at most a few thousand at once.
  public func addItems(
    _ rows: [(number: Int, row: Result<ItemRow, FieldError>)], to project: ProjectID, by user: User,
    urgent: Bool = false, into report: inout ImportReport
  ) async throws -> [Int: ItemID] {
    let check = RowCheck(project: try overview(of: project).project, blobs: blobs)
    report.received += rows.count
    let results = try await intake.run {
      try rows.map { number, row in
        switch row {
        case .failure(let error): (number, Result<CheckedRow, FieldError>.failure(error))
        case .success(let value): (number, try check.check(value, number: number))
        }
      }
    }
    var good: [CheckedRow] = []
    var bad: [(row: Int, error: FieldError)] = []
    // In the order of the rows, whichever check they failed.
    defer { for (row, error) in bad.sorted(by: { $0.row < $1.row }) { report.reject(row: row, error) } }
    for (number, result) in results {
      switch result {
      case .success(let row): good.append(row)
      case .failure(let error): bad.append((number, error))
      }
    }
    guard !good.isEmpty else { return [:] }
    let (checked, now, blobs) = (good, clock(), blobs)
    let outcome = try await onBoard(project) { board, connection in
      try board.insert(checked, by: user, urgent: urgent, now: now, blobs: blobs, connection: connection)
    }
    report.created += outcome.created.count
    report.duplicates += outcome.duplicates
    bad += outcome.rejected
    return outcome.created
  }

  /// To be called after a push, so that a pool that has grown is ranked anew.
  public func poolDidGrow(_ project: ProjectID) async throws {
    let now = clock()
    let number = try await onBoard(project) { board, connection in
      try board.startRoundIfDue(
        trigger: try connection.newestScope(of: project) == nil ? "first" : "pool", now: now, connection: connection)
        ?? board.startRoundIfDue(trigger: "labels", now: now, connection: connection)
    }
    if let number { roundWasQueued(number, in: project) }
  }

  /// An item with everything that is known about it.
  public func item(_ id: ItemID, in project: ProjectID) throws -> ItemDetail {
    let (item, content, annotations) = try store.read { connection in
      guard let item = try connection.item(id, in: project) else {
        throw LabelingError.notFound("item \(id) in project \(project)")
      }
      return (item, try connection.content(of: id), try connection.annotations(of: id))
    }
    return ItemDetail(
      item: item, content: content, annotations: annotations, prediction: try prediction(forRow: item.row, in: project))
  }

  /// Removes an item with everything that was said about it.
  public func deleteItem(_ id: ItemID, in project: ProjectID) async throws {
    let now = clock()
    let orphan = try await onBoard(project) { board, connection in
      guard let item = try connection.item(id, in: project) else {
        throw LabelingError.notFound("item \(id) in project \(project)")
      }
      for annotation in try connection.standingAnnotations(of: id) {
        board.count(annotation.outcome, row: item.row, by: annotation.annotator, -1)
        board.countForRound(annotation.id, annotation.outcome, -1)
      }
      let said = try connection.annotations(of: id).count
      let hash = try connection.deleteItem(id)
      try connection.audit(
        "item.remove", AuditSubject("item", "\(id)", in: project),
        before: ["key": .string(item.key), "annotations": .integer(Int64(said))], at: now)
      board.remove(row: item.row)
      return hash
    }
    if let orphan { try await removeUnreferenced([orphan]) }
  }

  /// The file of an item's picture and its media type.
  public func image(of id: ItemID, in project: ProjectID) throws -> (path: String, mediaType: String, hash: String) {
    let content = try store.read { connection -> ItemContent? in
      guard try connection.item(id, in: project) != nil else {
        throw LabelingError.notFound("item \(id) in project \(project)")
      }
      return try connection.content(of: id)
    }
    guard case .image(let hash, let format) = content else {
      throw LabelingError.notFound("picture: item \(id) is not an image")
    }
    return (blobs.path(of: hash), "image/\(format)", hash)
  }

  /// An item's picture made smaller, as PNG.
  public func preview(path: String, width: Int) async throws -> [UInt8] {
    try await compute.run {
      let image = try ImageCodec.decode(Array(FileManager.default.contents(atPath: path) ?? Data()))
      return try ImageCodec.encodePNG(image.resized(maxWidth: width))
    }
  }
}

/// An item with its history.
public struct ItemDetail: Sendable {
  /// The item.
  public var item: Item
  /// What it consists of.
  public var content: ItemContent?
  /// Everything that was said about it, oldest first.
  public var annotations: [Annotation]
  /// What the serving model says.
  public var prediction: Prediction?
}

extension ServingBoard {
  /// What became of checked rows.
  struct Insertion: Sendable {
    var created: [Int: ItemID] = [:]
    var duplicates = 0
    var rejected: [(row: Int, error: FieldError)] = []
  }

  /// Writes rows and takes them into the pool.
  ///
  /// - Throws: only what the database throws; the board is read anew then.
  func insert(
    _ rows: [CheckedRow], by user: User, urgent: Bool, now: Timestamp, blobs: BlobStore, connection: Connection
  ) throws -> Insertion {
    var result = Insertion()
    var shape = try connection.poolShape(of: project.id)
    for var row in rows {
      if let error = Self.mismatch(row, shape: &shape) {
        result.rejected.append((row.number, error))
        continue
      }
      if let bytes = row.imageBytes { _ = try blobs.keep(bytes) }
      row.item.evaluation = !urgent && row.labels == nil && isDrawnForEvaluation(shape.nextRow)
      row.item.priority = urgent ? 1 : 0
      guard let id = try connection.insertItem(row.item, row: shape.nextRow, in: project.id, now: now) else {
        result.duplicates += 1
        continue
      }
      append(id: id, row: shape.nextRow, evaluation: row.item.evaluation, urgent: urgent)
      shape.nextRow += 1
      result.created[row.number] = id
      // Whoever removed one of its labels since the row was checked has made it an unlabelled one.
      if let labels = row.labels, labels.allSatisfy({ project.label($0) != nil }) {
        let annotation = try connection.insertAnnotation(
          NewAnnotation(
            item: id, annotator: user.id, outcome: .label, labels: labels, note: nil, durationMilliseconds: nil,
            lease: nil, provenance: Provenance(strategy: "import"), request: nil), in: project.id, now: now)
        count(.label, row: shape.nextRow - 1, by: user.id, 1)
        countForRound(annotation, .label, 1)
        try refreshState(row: shape.nextRow - 1, connection: connection)
      }
    }
    try connection.updatePoolShape(shape, of: project.id)
    return result
  }

  /// Whether the item at a row belongs to the evaluation reserve: a coin that the project's seed decides.
  private func isDrawnForEvaluation(_ row: Int) -> Bool {
    var coin = SeededGenerator(seed: project.settings.seed ^ 0xE7A1_5EED, stream: UInt64(row))
    return Double(coin.uniform()) < project.settings.evaluationFraction
  }

  /// What keeps a row out of a pool of this shape; the first row of a pool decides its shape.
  private static func mismatch(_ row: CheckedRow, shape: inout PoolShape) -> FieldError? {
    var next = shape
    if case .vector(let values) = row.item.content {
      if let length = shape.vectorLength, length != values.count {
        return FieldError("/vector", "It has \(values.count) numbers; this project's vectors have \(length).")
      }
      next.vectorLength = values.count
    }
    let length = row.item.embedding?.count ?? 0
    switch (shape.embeddingLength, length) {
    case (nil, _): next.embeddingLength = length
    case (0?, 1...):
      return FieldError("/embedding", "This project's items have no embeddings: give one with every item or with none.")
    case (let known?, 0) where known > 0:
      return FieldError("/embedding", "Missing: this project's items have embeddings of \(known) numbers.")
    case (let known?, _) where known != length:
      return FieldError("/embedding", "It has \(length) numbers; this project's embeddings have \(known).")
    default: break
    }
    shape = next
    return nil
  }
}
