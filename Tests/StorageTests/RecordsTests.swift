import Domain
import GRDB
import Testing

@testable import Storage

@Suite struct RecordsTests {
  private func label(_ connection: Connection, _ project: ProjectID, _ index: Int) throws -> LabelID {
    try #require(try connection.project(project)).labels[index].id
  }

  @Test func annotationsKeepTheirHistory() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let (project, user, items) = try await store.seed(items: 2)
    let provenance = Provenance(
      strategy: "margin", round: 3, rank: 7, utility: 0.25, propensity: 0.125, evaluation: true)
    let (old, new) = try await store.write { connection -> (AnnotationID, AnnotationID) in
      func make(_ index: Int) throws -> AnnotationID {
        try connection.insertAnnotation(
          NewAnnotation(
            item: items[0], annotator: user, outcome: .label, labels: [try self.label(connection, project, index)],
            note: "n\(index)", durationMilliseconds: 12, lease: nil, provenance: provenance, request: nil),
          in: project, now: moment)
      }
      let (old, new) = (try make(0), try make(1))
      #expect(try connection.retract(old, by: user, replacedBy: new, now: moment.adding(seconds: 1)))
      #expect(try !connection.retract(old, by: user, replacedBy: nil, now: moment.adding(seconds: 2)))
      return (old, new)
    }
    let (all, standing) = try store.read {
      (try $0.annotations(of: items[0]), try $0.standingAnnotations(of: items[0]))
    }
    #expect(all.map(\.id) == [old, new])
    #expect(all[0].retractedAt == moment.adding(seconds: 1) && all[0].replacedBy == new)
    #expect(all[1].provenance == provenance && all[1].note == "n1" && all[1].durationMilliseconds == 12)
    #expect(standing.map(\.id) == [new])
    #expect(try store.read { try $0.labels(in: project, since: 0) } == 1)
    #expect(
      try store.read { try $0.annotations(in: project, annotator: user, before: nil, limit: 9) }.map(\.id) == [new])
  }

  @Test func oneAnnotatorHoldsAnItemOnce() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let (project, user, items) = try await store.seed(items: 1)
    @Sendable func lease(_ connection: Connection) throws -> Lease {
      try connection.insertLease(
        item: items[0], row: 0, annotator: user, in: project, now: moment, expiresAt: moment.adding(seconds: 9),
        provenance: Provenance(strategy: "random", round: 1, rank: 2, utility: 0.5))
    }
    let first = try await store.write { try lease($0) }
    await #expect(throws: DatabaseError.self) { try await store.write { try lease($0) } }
    #expect(try store.read { try $0.activeLeases(of: project) } == [first])
    try await store.write { try $0.endLease(first.id, .expired) }
    let second = try await store.write { try lease($0) }
    #expect(try store.read { try $0.activeLeases(of: project) } == [second])
    #expect(try store.read { try $0.lease(first.id)?.ended } == true)
    #expect(try store.read { try $0.leaseCounts(of: project).all } == 2)
  }

  @Test func vectorsComeBackBitByBit() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let (project, _, _) = try await store.seed()
    let values: [Float] = [0, -0.0, 1.5, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi]
    let id = try #require(
      try await store.write {
        try $0.insertItem(
          NewItem(
            key: "v", content: .vector(values), embedding: [2, 3], meta: #"{"a":1}"#, predictions: nil,
            evaluation: true, priority: 1), row: 0, in: project, now: moment)
      })
    guard case .vector(let read)? = try store.read({ try $0.content(of: id) }) else {
      Issue.record("no vector came back")
      return
    }
    #expect(read.map(\.bitPattern) == values.map(\.bitPattern))
    let (item, contents) = try store.read {
      (try $0.item(key: "v", in: project), try $0.contents(in: project, rows: 0..<5))
    }
    #expect(item?.evaluation == true && item?.meta == #"{"a":1}"# && item?.createdAt == moment)
    #expect(contents.count == 1 && contents[0].embedding == [2, 3])
    let duplicate = try await store.write {
      try $0.insertItem(
        NewItem(
          key: "v", content: .vector([1]), embedding: nil, meta: nil, predictions: nil, evaluation: false, priority: 0),
        row: 1, in: project, now: moment)
    }
    #expect(duplicate == nil)
  }

  @Test func deletingAProjectLeavesNothingOfIt() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let (project, user, items) = try await store.seed(items: 3)
    try await store.write { connection in
      let lease = try connection.insertLease(
        item: items[0], row: 0, annotator: user, in: project, now: moment, expiresAt: moment,
        provenance: Provenance(strategy: "random"))
      let label = try self.label(connection, project, 0)
      func annotate(_ outcome: Outcome, _ labels: [LabelID]) throws -> AnnotationID {
        try connection.insertAnnotation(
          NewAnnotation(
            item: items[0], annotator: user, outcome: outcome, labels: labels, note: nil, durationMilliseconds: nil,
            lease: lease.id, provenance: lease.provenance, request: nil), in: project, now: moment)
      }
      let old = try annotate(.label, [label])
      _ = try connection.retract(old, by: user, replacedBy: try annotate(.skip, []), now: moment)
      try connection.insertMember(user, of: project)
      _ = try connection.insertRound(
        in: project, trigger: "first", seed: 1, scope: RoundScope(annotationsSeen: 0, poolSize: 3), now: moment)
      try connection.replaceQueue(of: project, with: [(row: 1, utility: 0.5), (row: 2, utility: 0.25)])
      try connection.saveFeatureSet(
        FeatureSet(version: 1, dimension: 2, rows: 3, fittedOn: 3), of: project, now: moment)
      try connection.saveStreamState("{}", of: project, strategy: "random", budget: 0.1)
    }
    #expect(try store.read { try $0.queue(of: project) }.map(\.row) == [1, 2])
    try await store.write { try $0.deleteProject(project) }
    let tables = try store.read {
      try String.fetchAll(
        $0.db, sql: "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%'")
    }
    for table in tables where table != "user" {
      #expect(try store.number("SELECT count(*) FROM \(table)") == 0, "\(table)")
    }
    #expect(try store.read { try $0.integrityComplaints() } == [])
  }

  @Test func tokensEndByThemselvesAndByHand() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let hash = [UInt8](repeating: 7, count: 32)
    let session = [UInt8](repeating: 8, count: 32)
    try await store.write { connection in
      let user = try connection.user(named: "ann", now: moment)
      try connection.insertToken(
        user: user.id, role: .engineer, hash: hash, now: moment, expiresAt: moment.adding(seconds: 100))
      try connection.setRole(.engineer, of: user.id)
      guard case .token(let id) = try connection.token(hash: hash, now: moment)?.proof else {
        throw StorageError.notADatabase(path: "token", reason: "it is not kept")
      }
      try connection.insertSession(
        NewSession(
          hash: session, user: user.id, token: id, openedBy: .token, expiresAt: moment.adding(seconds: 50)),
        now: moment)
    }
    func isKnown(_ seconds: Int) throws -> (token: Bool, session: Bool) {
      try store.read {
        (
          try $0.token(hash: hash, now: moment.adding(seconds: seconds))?.principal.role == .engineer,
          try $0.session(
            hash: session, now: moment.adding(seconds: seconds), usedSince: moment.adding(seconds: -1),
            rotatedSince: moment)?.principal.user.name == "ann"
        )
      }
    }
    #expect(try isKnown(49) == (true, true))
    #expect(try isKnown(50) == (true, false))
    #expect(try isKnown(100) == (false, false))
    #expect(try await store.write { try $0.revokeTokens(ofUserNamed: "ann", now: moment) } == 1)
    #expect(try isKnown(1) == (false, false))
  }

  @Test func answersAreKeptForADay() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let user = try await store.write { try $0.user(named: "ann", now: moment).id }
    try await store.write {
      try $0.keepAnswer(
        KeptAnswer(requestHash: [1, 2], answerStatus: 201, answerBody: [3]), key: "k", user: user, now: moment)
    }
    let kept = try store.read { try $0.keptAnswer(key: "k", user: user, now: moment.adding(seconds: 86_399)) }
    #expect(kept?.requestHash == [1, 2] && kept?.status == 201 && kept?.body == [3])
    #expect(try store.read { try $0.keptAnswer(key: "k", user: user, now: moment.adding(seconds: 86_400)) } == nil)
    #expect(try store.read { try $0.keptAnswer(key: "other", user: user, now: moment) } == nil)
  }
}
