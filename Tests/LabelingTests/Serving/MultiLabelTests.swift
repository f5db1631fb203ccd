import Domain
import Foundation
import Tensors
import Testing

@testable import Labeling

@Suite struct MultiLabelTests {
  private func project(_ test: TestService, settings: String = #"{"evaluation_fraction": 0}"#) async throws -> ProjectID
  {
    try await test.project(settings: settings, task: .multiLabel)
  }

  @Test func anAnswerHoldsAnyNumberOfLabelsNoneAmongThem() async throws {
    let test = try TestService()
    let project = try await project(test)
    let ann = try await test.user("ann")
    try await test.pushTexts(3, to: project, by: ann)
    for (key, labels) in [("k0", ["c", "a"]), ("k1", []), ("k2", ["b"])] {
      let receipt = try await test.say(.label, key, labels, in: project, by: ann)
      #expect(receipt.labels == labels && !receipt.repeated)
      // The same in another order is the same.
      #expect(try await test.say(.label, key, labels.reversed(), in: project, by: ann).repeated)
    }
    #expect(try await test.board(project) { board, _ in board.counts.labelled } == 3)
    let picture = try await test.board(project) { board, _ in BoardPicture(board) }
    try await test.restart()
    // Several labels of one answer are one opinion, in memory as on disk.
    #expect(try await test.board(project) { board, _ in BoardPicture(board) } == picture)
    var exported: [String: [String]?] = [:]
    try test.service.exported(project) { exported[$0.item.key] = $0.consensus }
    #expect(exported == ["k0": ["a", "c"], "k1": [], "k2": ["b"]])
    let data = try await test.board(project) { try TrainingData(project: $0.project, rows: 3, connection: $1) }
    #expect(data.training.rows == [0, 1, 2] && data.training.sets == [[0, 2], [], [1]] && data.isTrainable)
    #expect(data.training.indicators(labels: 3).values == [1, 0, 1, 0, 0, 0, 0, 1, 0])
    #expect(data.trainingCounts(labels: 3) == [1, 1, 1])
  }

  @Test func anAnswerThatNamesNoLabelsIsRefused() async throws {
    let test = try TestService()
    let project = try await project(test)
    let ann = try await test.user("ann")
    try await test.pushTexts(1, to: project, by: ann)
    func pointers(_ outcome: Outcome, _ labels: [String]?) async throws -> [String] {
      do {
        _ = try await test.service.annotate(
          Submission(target: .key("k0"), outcome: outcome, labels: labels), in: project, by: ann)
        return []
      } catch LabelingError.invalid(let errors) {
        return errors.map(\.pointer)
      }
    }
    #expect(try await pointers(.label, nil) == ["/labels"])
    #expect(try await pointers(.label, ["a", "z"]) == ["/labels/1"])
    #expect(try await pointers(.label, ["a", "b", "a"]) == ["/labels/2"])
    #expect(try await pointers(.skip, ["a"]) == ["/labels"])
    #expect(try await pointers(.skip, nil) == [])
    // A skip that becomes an answer says which.
    let skipped = try #require(try test.service.annotations(in: project, annotator: nil, before: nil, limit: 1).first)
    await #expect(throws: LabelingError.self) {
      try await test.service.change(
        skipped.annotation.id, outcome: .label, labels: nil, note: nil, by: test.principal(ann))
    }
    let changed = try await test.service.change(
      skipped.annotation.id, outcome: nil, labels: [], note: nil, by: test.principal(ann))
    #expect(changed.outcome == .label && changed.labels == [])
  }

  @Test func anItemOfOneLabelStillNeedsExactlyOne() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"evaluation_fraction": 0}"#)
    let ann = try await test.user("ann")
    try await test.pushTexts(1, to: project, by: ann)
    for labels in [[], ["a", "b"]] {
      await #expect(throws: LabelingError.self) { try await test.say(.label, "k0", labels, in: project, by: ann) }
    }
    await #expect(throws: LabelingError.self) {
      try await test.service.annotate(
        Submission(target: .key("k0"), outcome: .label, labels: nil), in: project, by: ann)
    }
    #expect(try await test.say(.label, "k0", ["a"], in: project, by: ann).labels == ["a"])
  }

  @Test func eachLabelNeedsMoreThanHalfOfTheOpinions() async throws {
    let test = try TestService()
    let project = try await project(test, settings: #"{"evaluation_fraction": 0, "overlap": 3}"#)
    let people = [try await test.user("ann"), try await test.user("bob"), try await test.user("eve")]
    try await test.pushTexts(4, to: project, by: people[0])
    let said: [(String, [[String]])] = [
      ("k0", [["a", "b"], ["a"], ["b", "c"]]), ("k1", [["a"], ["b"], ["c"]]), ("k2", [["a"], []]),
      ("k3", [[], [], ["c"]]),
    ]
    for (key, answers) in said {
      for (person, labels) in zip(people, answers) {
        try await test.say(.label, key, labels, in: project, by: person)
      }
    }
    let data = try await test.board(project) { try TrainingData(project: $0.project, rows: 4, connection: $1) }
    #expect(data.training.sets == [[0, 1], [], [], []])
    try await test.say(.flag, "k0", in: project, by: people[2])
    let later = try await test.board(project) { try TrainingData(project: $0.project, rows: 4, connection: $1) }
    #expect(later.training.rows == [1, 2, 3] && !later.isTrainable)
  }

  @Test func itemsArriveWithTheirLabels() async throws {
    let test = try TestService()
    let project = try await project(test)
    let ann = try await test.user("ann")
    func row(_ key: String, label: String? = nil, labels: [String]? = nil) -> ItemRow {
      var row = ItemRow()
      (row.key, row.text, row.label, row.labels) = (key, "text of \(key)", label, labels)
      return row
    }
    let report = try await test.push(
      [
        row("two", labels: ["a", "b"]), row("one", label: "c"), row("none", labels: []), row("open"),
        row("both", label: "a", labels: ["a"]), row("unknown", labels: ["a", "z"]), row("twice", labels: ["a", "a"]),
      ], to: project, by: ann)
    #expect(report.created == 4)
    #expect(report.rejected.map(\.error.pointer) == ["/labels", "/labels/1", "/labels/1"])
    var labels: [String: [String]?] = [:]
    try test.service.exported(project) { labels[$0.item.key] = $0.consensus }
    #expect(labels == ["two": ["a", "b"], "one": ["c"], "none": []])
    #expect(try await test.board(project) { board, _ in board.counts.unlabelled } == 1)
  }

  @Test func aTableHoldsLabelsWithASeparator() throws {
    let mapping = RowMapping(
      modality: .text, textColumn: nil, labelColumn: "tags", keyColumn: nil, labelSeparator: "|")
    func labels(_ field: String) throws -> [String]? {
      let row = try mapping.row(names: ["text", "tags"], fields: ["t", field]).get()
      #expect(row.label == nil)
      return row.labels
    }
    #expect(try labels("a") == ["a"])
    #expect(try labels("a | b|c") == ["a", "b", "c"])
    #expect(try labels("") == nil && labels("  ") == nil)
    #expect(try labels("|") == [])
    let single = RowMapping(modality: .text, textColumn: nil, labelColumn: "tags", keyColumn: nil)
    #expect(try single.row(names: ["text", "tags"], fields: ["t", "a|b"]).get().label == "a|b")
  }

  @Test func theTaskOfAProjectStays() async throws {
    let test = try TestService()
    let project = try await project(test)
    var draft = ProjectDraft()
    draft.task = .singleLabel
    let change = draft
    do {
      _ = try await test.service.changeProject(project, change, ifVersion: nil)
      Issue.record("the task changed")
    } catch LabelingError.invalid(let errors) {
      #expect(errors.map(\.pointer) == ["/task"])
    }
    draft.task = .multiLabel
    _ = try await test.service.changeProject(project, draft, ifVersion: nil)
  }
}
