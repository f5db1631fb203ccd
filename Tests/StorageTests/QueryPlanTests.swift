import Domain
import GRDB
import Synchronization
import Testing

@testable import Storage

@Suite struct QueryPlanTests {
  /// The plans of every statement that `body` runs, as SQLite explains them.
  private func plans(_ store: Store, _ body: @escaping @Sendable (Connection) throws -> Void) async throws -> [String] {
    let statements = Mutex<[String]>([])
    return try await store.write { connection in
      connection.db.trace(options: .statement) { event in
        let sql = event.expandedDescription
        statements.withLock { $0.append(sql) }
      }
      defer { connection.db.trace(options: []) }
      try body(connection)
      connection.db.trace(options: [])
      return try statements.withLock { $0 }.filter { $0.first.map("SIUD".contains) == true && !$0.hasPrefix("SAVE") }
        .flatMap { sql in
          try Row.fetchAll(connection.db, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] as String }
        }
    }
  }

  @Test func whatAnnotatorsWaitForWalksIndexesOnly() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let (project, user, items) = try await store.seed(items: 4)
    let lines = try await plans(store) { connection in
      let now = moment
      let lease = try connection.insertLease(
        item: items[0], row: 0, annotator: user, in: project, now: now, expiresAt: now.adding(seconds: 60),
        provenance: Provenance(strategy: "random"))
      _ = try connection.lease(lease.id)
      _ = try connection.activeLeases(of: project)
      try connection.extendLease(lease.id, to: now)
      _ = try connection.item(items[0], in: project)
      _ = try connection.item(key: "k1", in: project)
      _ = try connection.content(of: items[0])
      let label = try #require(try connection.project(project)?.labels.first)
      let annotation = try connection.insertAnnotation(
        NewAnnotation(
          item: items[0], annotator: user, outcome: .label, labels: [label.id], note: nil, durationMilliseconds: nil,
          lease: lease.id, provenance: lease.provenance, request: ("key", [1])), in: project, now: now)
      try connection.endLease(lease.id, .answered)
      try connection.setState(.labelled, of: items[0])
      _ = try connection.annotation(requestKey: "key", annotator: user)
      _ = try connection.annotations(of: items[0])
      _ = try connection.annotation(annotation)
      _ = try connection.annotations(in: project, annotator: user, before: nil, limit: 20)
      _ = try connection.annotations(in: project, annotator: nil, before: nil, limit: 20)
      _ = try connection.newestAnnotation(of: project)
      _ = try connection.labels(in: project, since: 0)
      _ = try connection.newestScope(of: project)
      _ = try connection.hasPendingRound(in: project)
      _ = try connection.items(
        in: project, ItemFilter(state: .unlabelled), after: nil, limit: 10)
      _ = try connection.queue(of: project)
      _ = try connection.token(hash: [UInt8](repeating: 0, count: 32), now: now)
      _ = try connection.session(hash: [UInt8](repeating: 0, count: 32), now: now, usedSince: now, rotatedSince: now)
      _ = try connection.isMember(user, of: project)
      _ = try connection.keptAnswer(key: "k", user: user, now: now)
      _ = try connection.uses(of: label.id)
      _ = try connection.retract(annotation, by: user, replacedBy: nil, now: now)
    }
    #expect(lines.count > 20)
    for line in lines {
      #expect(!line.hasPrefix("SCAN") || line.contains("label"), "\(line)")
      // The labels of a project are put in order, of which there are few.
      #expect(!line.contains("TEMP B-TREE") || line.contains("RIGHT PART"), "\(line)")
    }
    #expect(lines.contains { $0.contains("lease_active (project_id=?") })
    #expect(lines.contains { $0.contains("annotation_of_annotator") })
    #expect(lines.contains { $0.contains("annotation_of_project") })
    #expect(lines.contains { $0.contains("annotation_request") })
    #expect(lines.contains { $0.contains("item_by_state") })
  }

  @Test func pagesAndExportsWalkIndexesInTheirOwnOrder() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let (project, _, items) = try await store.seed(items: 4)
    func check(_ name: String, sorted: Bool = true, _ body: @escaping @Sendable (Connection) throws -> Void)
      async throws
    {
      let lines = try await plans(store, body)
      #expect(!lines.isEmpty, "\(name)")
      for line in lines {
        // What was chosen from is put together in memory: as many rows as a page holds.
        #expect(!line.hasPrefix("SCAN") || line.contains("SCAN c") || line.contains("(subquery"), "\(name): \(line)")
        #expect(!sorted || !line.contains("TEMP B-TREE"), "\(name): \(line)")
      }
    }
    let filters: [(String, ItemFilter)] = [
      ("all", ItemFilter()), ("state", ItemFilter(state: .labelled)), ("leased", ItemFilter(leased: true)),
      ("free", ItemFilter(state: .unlabelled, leased: false)), ("words", ItemFilter(query: "x")),
    ]
    for (name, filter) in filters {
      // All states together are merged: so many rows of each as the page holds, and those are sorted.
      let merged = filter.state == nil && filter.leased != true
      try await check(name, sorted: !merged) {
        _ = try $0.items(in: project, filter, after: items[1], limit: 10)
      }
    }
    // A rare label's items are put in order, of which there are few.
    let label = try #require(try store.read { try $0.project(project) }).labels[0].id
    try await check("label", sorted: false) {
      _ = try $0.items(in: project, ItemFilter(label: label), after: items[1], limit: 10)
    }
    try await check("export") { try $0.forEachExported(in: project) { _ in } }
    try await check("newest") { _ = try $0.newestItem(of: project) }
  }

  /// However many annotations a label or an annotator has elsewhere, and however many items the project has.
  @Test func theTableOfThePoolReadsItsStretchAlone() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let (project, user, items) = try await store.seed(items: 4)
    let label = try #require(try store.read { try $0.project(project) }).labels[0].id
    let changes: [(String, @Sendable (inout PoolSearch) -> Void)] = [
      ("all", { _ in }), ("state", { $0.state = .labelled }), ("held", { $0.leased = true }),
      ("free", { ($0.state, $0.leased) = (.unlabelled, false) }), ("label", { $0.label = label }),
      ("annotator", { $0.annotator = user }), ("answered", { $0.isAnswered = true }),
      ("disputed", { $0.isDisputed = true }), ("words", { $0.words = ["x", "é"] }),
      ("everything", { ($0.state, $0.label, $0.annotator, $0.words) = (.labelled, label, user, ["x"]) }),
    ]
    for (name, change) in changes {
      var search = PoolSearch(project: project)
      change(&search)
      let wanted = search
      let lines = try await plans(store) {
        _ = try $0.items(wanted, after: items[0].rawValue, through: items[3].rawValue, limit: 10)
      }
      #expect(!lines.isEmpty, "\(name)")
      for line in lines {
        #expect(!line.hasPrefix("SCAN") || line.contains("(subquery"), "\(name): \(line)")
        #expect(!line.contains("annotation_of_annotator") && !line.contains("annotation_by_label"), "\(name): \(line)")
        #expect(!line.contains("USING INDEX sqlite_autoindex_item"), "\(name): \(line)")
        // Items come in the order of the page by themselves.
        #expect(!line.contains("TEMP B-TREE FOR ORDER BY"), "\(name): \(line)")
      }
    }
  }

  @Test func wordsAreFoundWhateverTheirCaseAndTheirScript() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let (project, _, _) = try await store.seed(items: 0)
    let ids = try await store.write { connection in
      try ["Größe XL", "ПРИВЕТ мир", "plain"].enumerated().compactMap { row, text in
        try connection.insertItem(
          NewItem(
            key: "Key-\(row)", content: .text(text), embedding: nil, meta: nil, predictions: nil, evaluation: false,
            priority: 0), row: row, in: project, now: moment)
      }
    }
    func found(_ words: String...) throws -> [Int] {
      var search = PoolSearch(project: project)
      search.words = words.map { $0.lowercased() }
      let wanted = search
      return try store.read { try $0.items(wanted, after: 0, through: .max, limit: 10) }
        .compactMap { ids.firstIndex(of: $0.id) }
    }
    #expect(try found("GRÖSSE") == [] && found("größe", "xl") == [0] && found("GRÖßE") == [0])
    #expect(try found("привет") == [1] && found("МИР", "key") == [1])
    #expect(try found("key-") == [0, 1, 2] && found("PLAIN", "key-0") == [])
  }
}
