public import Domain
import Foundation
import GRDB

/// An annotation about to be kept.
public struct NewAnnotation: Sendable {
  /// The item it is about.
  public var item: ItemID
  /// Who says it.
  public var annotator: UserID
  /// Labelled, skipped or flagged.
  public var outcome: Outcome
  /// The chosen labels.
  public var labels: [LabelID]
  /// A remark.
  public var note: String?
  /// How long it took, in milliseconds.
  public var durationMilliseconds: Int?
  /// The lease that it answers.
  public var lease: LeaseID?
  /// Where the question came from.
  public var provenance: Provenance
  /// The client's `Idempotency-Key` with the hash of the request.
  public var request: (key: String, hash: [UInt8])?

  /// Puts an annotation together.
  public init(
    item: ItemID, annotator: UserID, outcome: Outcome, labels: [LabelID], note: String?, durationMilliseconds: Int?,
    lease: LeaseID?, provenance: Provenance, request: (key: String, hash: [UInt8])?
  ) {
    self.item = item
    self.annotator = annotator
    self.outcome = outcome
    self.labels = labels
    self.note = note
    self.durationMilliseconds = durationMilliseconds
    self.lease = lease
    self.provenance = provenance
    self.request = request
  }
}

extension Connection {
  /// Keeps an annotation.
  public func insertAnnotation(_ new: NewAnnotation, in project: ProjectID, now: Timestamp) throws -> AnnotationID {
    let id = try insert(
      """
      INSERT INTO annotation(project_id, item_id, annotator_id, outcome, note, duration_ms, lease_id, strategy, round, rank,
        utility, propensity, evaluation, request_key, request_hash, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, project.rawValue, new.item.rawValue, new.annotator.rawValue, new.outcome.rawValue, new.note,
      new.durationMilliseconds, new.lease?.rawValue, new.provenance.strategy, new.provenance.round, new.provenance.rank,
      new.provenance.utility, new.provenance.propensity, new.provenance.evaluation ? 1 : 0, new.request?.key,
      new.request.map { Data($0.hash) }, now.milliseconds)
    for label in new.labels {
      try run("INSERT INTO annotation_label(annotation_id, label_id) VALUES (?, ?)", id, label.rawValue)
    }
    return AnnotationID(id)
  }

  /// Takes an annotation back; the annotation itself stays.
  ///
  /// - Returns: whether it stood until now.
  public func retract(
    _ annotation: AnnotationID, by user: UserID, replacedBy: AnnotationID?, now: Timestamp
  ) throws -> Bool {
    try run(
      "INSERT OR IGNORE INTO retraction(annotation_id, user_id, replaced_by, created_at) VALUES (?, ?, ?, ?)",
      annotation.rawValue, user.rawValue, replacedBy?.rawValue, now.milliseconds)
    return db.changesCount > 0
  }

  private static let annotationColumns = """
    SELECT a.id, a.item_id, a.annotator_id, a.outcome, a.note, a.duration_ms, a.strategy, a.round, a.rank, a.utility,
      a.propensity, a.evaluation, a.created_at, r.created_at, r.replaced_by,
      (SELECT group_concat(label_id) FROM annotation_label l WHERE l.annotation_id = a.id), a.project_id
    FROM annotation a LEFT JOIN retraction r ON r.annotation_id = a.id
    """

  private static func annotation(_ row: Row) -> Annotation {
    Annotation(
      id: AnnotationID(row[0]), item: ItemID(row[1]), annotator: UserID(row[2]),
      outcome: Outcome(rawValue: row[3]) ?? .skip,
      labels: (row[15] as String?)?.split(separator: ",").compactMap { LabelID($0) } ?? [], note: row[4],
      durationMilliseconds: row[5],
      provenance: Provenance(
        strategy: row[6], round: row[7], rank: row[8], utility: row[9], propensity: row[10],
        evaluation: (row[11] as Int) == 1), createdAt: Timestamp(milliseconds: row[12]),
      retractedAt: (row[13] as Int64?).map(Timestamp.init(milliseconds:)),
      replacedBy: (row[14] as Int64?).map { AnnotationID($0) })
  }

  /// One annotation with its project.
  public func annotation(_ id: AnnotationID) throws -> (annotation: Annotation, project: ProjectID)? {
    try first(Self.annotationColumns + " WHERE a.id = ?", id.rawValue) { (Self.annotation($0), ProjectID($0[16])) }
  }

  /// Everything that was ever said about an item, oldest first.
  public func annotations(of item: ItemID) throws -> [Annotation] {
    try all(Self.annotationColumns + " WHERE a.item_id = ? ORDER BY a.id", item.rawValue, as: Self.annotation)
  }

  /// What stands about an item now.
  public func standingAnnotations(of item: ItemID) throws -> [Annotation] {
    try annotations(of: item).filter { $0.retractedAt == nil }
  }

  /// A page of a project's annotations, newest first.
  public func annotations(
    in project: ProjectID, annotator: UserID?, before: AnnotationID?, limit: Int
  ) throws -> [Annotation] {
    // Two statements, so that each has an index to walk from the newest on.
    let page = " AND a.project_id = ? AND a.id < ? AND r.annotation_id IS NULL ORDER BY a.id DESC LIMIT ?"
    let newest = before?.rawValue ?? Int64.max
    guard let annotator else {
      return try all(
        Self.annotationColumns + " WHERE true" + page, project.rawValue, newest, limit, as: Self.annotation)
    }
    return try all(
      Self.annotationColumns + " WHERE a.annotator_id = ?" + page, annotator.rawValue, project.rawValue, newest, limit,
      as: Self.annotation)
  }

  /// The annotation that a client's key stands for, with the hash of what was sent with it.
  public func annotation(requestKey: String, annotator: UserID) throws -> (id: AnnotationID, hash: [UInt8])? {
    try first(
      "SELECT id, request_hash FROM annotation WHERE annotator_id = ? AND request_key = ?", annotator.rawValue,
      requestKey
    ) { (AnnotationID($0[0]), Array(($0[1] as Data?) ?? Data())) }
  }

  /// The newest annotation of a project, 0 where there is none.
  public func newestAnnotation(of project: ProjectID) throws -> Int64 {
    try first("SELECT max(id) FROM annotation WHERE project_id = ?", project.rawValue) {
      ($0[0] as Int64?) ?? 0
    } ?? 0
  }

  /// How many labels have been given since an annotation, standing ones only.
  public func labels(in project: ProjectID, since annotation: Int64) throws -> Int {
    try first(
      """
      SELECT count(*) FROM annotation a WHERE project_id = ? AND id > ? AND outcome = 0
        AND NOT EXISTS (SELECT 1 FROM retraction r WHERE r.annotation_id = a.id)
      """, project.rawValue, annotation
    ) { $0[0] } ?? 0
  }

  /// Calls `body` with every standing opinion of a project: row, evaluation reserve or not, annotator, outcome, labels.
  ///
  /// Ordered by row, then by age, so that the opinions on an item follow each other; labels in the order of their age.
  public func forEachOpinion(
    in project: ProjectID,
    _ body: (_ row: Int, _ evaluation: Bool, _ annotator: UserID, _ outcome: Outcome, _ labels: [LabelID]) -> Void
  ) throws {
    // An annotation is a row for each of its labels, or one without.
    var current: (id: Int64, row: Int, evaluation: Bool, annotator: UserID, outcome: Outcome)?
    var labels: [LabelID] = []
    func settle() {
      if let current { body(current.row, current.evaluation, current.annotator, current.outcome, labels) }
    }
    // Along the index of annotations by item: within a project rows grow with identifiers, so nothing is put in order.
    try forEachRaw(
      """
      SELECT i.row, i.evaluation, a.annotator_id, a.outcome, l.label_id, a.id FROM annotation a INDEXED BY annotation_of_item
      CROSS JOIN item i ON i.id = a.item_id LEFT JOIN annotation_label l ON l.annotation_id = a.id
      WHERE \(Self.annotationsOfProject) AND NOT EXISTS (SELECT 1 FROM retraction r WHERE r.annotation_id = a.id)
      ORDER BY a.item_id, a.id, l.label_id
      """, project.rawValue
    ) { row in
      let id = row.integer(5)
      if id != current?.id {
        settle()
        labels.removeAll(keepingCapacity: true)
        current = (
          id, Int(row.integer(0)), row.integer(1) == 1, UserID(row.integer(2)),
          Outcome(rawValue: Int(row.integer(3))) ?? .skip
        )
      }
      if !row.isNull(4) { labels.append(LabelID(row.integer(4))) }
    }
    settle()
  }
}
