import Domain
import Foundation
import GRDB
import Tensors
import Testing

@testable import Features
@testable import Labeling
@testable import Storage

@Suite struct ResumeTests {
  private func afterTwoRounds() async throws -> (TestService, ProjectID, User) {
    let test = try TestService()
    let project = try await test.project(modality: .vector, settings: "{\(TestService.quick)}")
    let ann = try await test.user("ann")
    try await test.pushVectors(60, to: project, by: ann)
    await test.runRounds()
    try await test.work(10, in: project, by: ann)
    await test.runRounds()
    #expect(try test.service.round(2, in: project).state == .serving)
    return (test, project, ann)
  }

  /// What the database says when the process is killed in a state.
  @Test(arguments: [RoundState.queued, .training, .scoring, .selecting])
  func aRoundThatWasInterruptedIsTakenUp(state: RoundState) async throws {
    let (test, project, ann) = try await afterTwoRounds()
    let hasModel = state == .scoring || state == .selecting
    let artifact = try #require(try test.service.round(2, in: project).artifact)
    let model = try Data(contentsOf: URL(fileURLWithPath: test.path + "/" + artifact))
    try await test.restart { connection in
      try connection.db.execute(
        sql: """
          UPDATE round SET state = ?, finished_at = NULL, artifact = iif(?, artifact, NULL) WHERE number = 2;
          UPDATE round SET state = 'serving' WHERE number = 1
          """, arguments: [state.rawValue, hasModel])
    }
    // People are served before it has been taken up.
    #expect(try await test.next(project, ann).count == 1)
    try test.service.start()
    let round = try await test.round(project, 2, reaches: [.serving, .failed, .cancelled])
    #expect(round.state == .serving && round.attempts == 2)
    #expect(try test.service.round(1, in: project).state == .superseded)
    let report = RoundReport(text: round.report)
    #expect((report.durationsMs["training"] == nil) == hasModel)
    #expect(report.model?.classes == 3)
    if hasModel {
      #expect(try Data(contentsOf: URL(fileURLWithPath: test.path + "/" + artifact)) == model)
    }
    await test.service.stop()
  }

  @Test func aModelOfOtherLabelsIsNotTakenForThisOne() async throws {
    let (test, project, _) = try await afterTwoRounds()
    _ = try await test.service.changeProject(
      project, ProjectDraft(labels: ["c", "a", "b", "d"].map { LabelDraft(name: $0) }), ifVersion: nil)
    try await test.restart { connection in
      try connection.db.execute(sql: "UPDATE round SET state = 'scoring' WHERE number = 2")
    }
    try test.service.start()
    let round = try await test.round(project, 2, reaches: [.serving, .failed])
    let report = RoundReport(text: round.report)
    #expect(round.state == .serving && report.durationsMs["training"] != nil && report.model?.classes == 4)
    await test.service.stop()
  }

  @Test func stoppingLeavesTheRoundPending() async throws {
    let test = try TestService()
    let project = try await test.project(
      modality: .vector,
      settings: #"{"batch_size": 10, "evaluation_fraction": 0, "trainer": {"hidden": 4096, "epochs": 10000}}"#)
    let ann = try await test.user("ann")
    try await test.pushVectors(60, to: project, by: ann)
    await test.runRounds()
    try await test.work(10, in: project, by: ann)
    let events = test.service.events.listen(to: project, after: nil)
    try test.service.start()
    for await event in events where event.data.contains(#""state":"training""#) { break }
    await test.service.stop()
    #expect(try test.store.read { try $0.round(2, in: project)?.state.isPending } == true)
  }

  @Test func featuresOfACancelledUpdateStayInTheirRows() async throws {
    let test = try TestService()
    let project = try await test.project(modality: .vector, settings: "{\(TestService.quick)}")
    let ann = try await test.user("ann")
    try await test.pushVectors(4600, to: project, by: ann)
    let definition = try #require(test.service.overviewIfKnown(project)).project
    let library = test.service.features
    _ = try library.update(definition, rows: 2400, progress: { _ in }, isCancelled: { false })
    // Called off after one block has been written, which the database does not count.
    var looks = 0
    #expect(throws: FeatureError.self) {
      try library.update(
        definition, rows: 4600, progress: { _ in },
        isCancelled: {
          looks += 1
          return looks > 1
        })
    }
    #expect(try test.store.read { try $0.newestFeatureSet(of: project)?.rows } == 2400)
    let whole = try #require(try library.update(definition, rows: 4600, progress: { _ in }, isCancelled: { false }))
    #expect(whole.version == 1 && whole.view.rows == 4600)
    #expect(try test.store.read { try $0.newestFeatureSet(of: project)?.rows } == 4600)
    let contents = try test.store.read { try $0.contents(in: project, rows: 0..<4600) }
    let expected = try whole.featurizer.features(
      of: contents.compactMap { library.rawItem($0.content, embedding: $0.embedding) }, pool: nil)
    for row in [0, 2399, 2400, 4399, 4400, 4599] {
      for column in 0..<4 { #expect(whole.view[row][column] == expected[row, column]) }
    }
  }

  @Test func lostFeaturesAreComputedAgain() async throws {
    let (test, project, ann) = try await afterTwoRounds()
    try await test.restart()
    let path = test.folder.features(project: "\(project)", version: 1)
    try FileManager.default.removeItem(atPath: path)
    #expect(try test.service.features.current(project) == nil)
    // Items are shown all the same, without a prediction.
    let item = try #require(try await test.next(project, ann).first).item.id
    #expect(try test.service.item(item, in: project).prediction == nil)
    _ = try await test.service.requestRound(in: project)
    await test.runRounds()
    #expect(try test.service.round(3, in: project).state == .serving)
    #expect(try test.service.features.current(project)?.version == 2)
    #expect(try test.service.item(item, in: project).prediction != nil)
  }
}
