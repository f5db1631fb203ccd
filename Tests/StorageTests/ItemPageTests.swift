import Domain
import Testing

@testable import Storage

/// Pages of items, whichever index they come from, hold what a look at every item finds.
@Suite struct ItemPageTests {
  private struct Known {
    var id: ItemID
    var state: ItemState
    var leased: Bool
    var label: Int?
    var words: String
  }

  /// Two projects whose items alternate in the table, with states, leases and labels in different rhythms.
  private func fill(_ store: Store, items count: Int) async throws -> (ProjectID, [LabelID], [Known]) {
    let (first, user, _) = try await store.seed()
    return try await store.write { connection in
      let other = try connection.insertProject(
        name: "other", modality: .text, task: .singleLabel, guidelines: "", settings: ProjectSettings(), now: moment)
      try connection.insertLabel(LabelDraft(name: "x"), position: 0, in: other)
      let labels = try #require(try connection.project(first)).labels.map(\.id)
      var known: [Known] = []
      for row in 0..<(2 * count) {
        let project = row % 2 == 0 ? first : other
        let words = row % 10 == 0 ? "Some RARE words" : "plain words"
        let id = try #require(
          try connection.insertItem(
            NewItem(
              key: "k\(row)", content: .text(words), embedding: nil, meta: nil, predictions: nil, evaluation: false,
              priority: 0), row: row / 2, in: project, now: moment))
        let state = ItemState.allCases[(row / 2) % 7 % 4]
        try connection.setState(state, of: id)
        var label: Int?
        if row % 3 == 0 {
          label = row % 12 == 0 ? 1 : 0
          let chosen = project == first ? labels[label!] : try #require(try connection.project(other)).labels[0].id
          let annotation = try connection.insertAnnotation(
            NewAnnotation(
              item: id, annotator: user, outcome: .label, labels: [chosen], note: nil, durationMilliseconds: nil,
              lease: nil, provenance: Provenance(strategy: "direct"), request: nil), in: project, now: moment)
          if row % 9 == 0 {
            _ = try connection.retract(annotation, by: user, replacedBy: nil, now: moment)
            label = nil
          }
        }
        if row % 5 < 2 {
          let lease = try connection.insertLease(
            item: id, row: row / 2, annotator: user, in: project, now: moment, expiresAt: moment.adding(seconds: 60),
            provenance: Provenance(strategy: "random"))
          if row % 5 == 1 { try connection.endLease(lease.id, .released) }
        }
        guard project == first else { continue }
        known.append(Known(id: id, state: state, leased: row % 5 == 0, label: label, words: "k\(row) \(words)"))
      }
      return (first, labels, known)
    }
  }

  @Test func everyFilterFindsWhatALookAtEveryItemFinds() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let (project, labels, known) = try await fill(store, items: 210)
    for state in [nil] + ItemState.allCases.map(Optional.some) {
      for leased in [nil, true, false] {
        for label in [nil, 0, 1] {
          for query in [nil, "rare", "zz"] {
            let expected = known.filter { item in
              (state == nil || item.state == state) && (leased == nil || item.leased == leased)
                && (label == nil || item.label == label) && (query.map { item.words.lowercased().contains($0) } ?? true)
            }.map(\.id)
            let filter = ItemFilter(state: state, leased: leased, label: label.map { labels[$0] }, query: query)
            var found: [ItemID] = []
            var page: [ItemID]
            repeat {
              page = try store.read { try $0.items(in: project, filter, after: found.last, limit: 7).map(\.id) }
              found += page
            } while page.count == 7
            #expect(found == expected, "\(filter)")
          }
        }
      }
    }
  }

  @Test func frequentLabelsAreWalkedInTheOrderOfItems() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let (project, user, items) = try await store.seed(items: Connection.rareLabel + 10)
    try await store.write { connection in
      let label = try #require(try connection.project(project)).labels[0].id
      // Labelled from the last to the first: the order of annotations is not that of items.
      for item in items.reversed() {
        _ = try connection.insertAnnotation(
          NewAnnotation(
            item: item, annotator: user, outcome: .label, labels: [label], note: nil, durationMilliseconds: nil,
            lease: nil, provenance: Provenance(strategy: "direct"), request: nil), in: project, now: moment)
      }
      let page = try connection.items(in: project, ItemFilter(label: label), after: items[99], limit: 50)
      #expect(page.map(\.id) == Array(items[100..<150]))
    }
  }
}
