import Domain
import Foundation
import Learning
import Tensors
import Testing

@testable import Labeling
@testable import Storage

@Suite struct RoundTests {
  @Test func aRoundFollowsTheImportAndEachBatchOfLabels() async throws {
    let test = try TestService()
    let project = try await test.project(modality: .vector, settings: "{\(TestService.quick)}")
    let ann = try await test.user("ann")
    try await test.pushVectors(90, to: project, by: ann)
    let first = try test.service.round(1, in: project)
    #expect(first.state == .queued && first.trigger == "first")
    await test.runRounds()
    let serving = try test.service.round(1, in: project)
    #expect(serving.state == .serving && serving.strategyUsed == "typiclust" && serving.artifact == nil)
    #expect(serving.reason?.contains("0 of 20 labels") == true && serving.attempts == 1)

    var strategies: [String] = []
    for number in 2...5 {
      try await test.work(9, in: project, by: ann)
      #expect(throws: LabelingError.self) { try test.service.round(number, in: project) }
      try await test.work(1, in: project, by: ann)
      #expect(try test.service.round(number, in: project).trigger == "labels")
      // People go on from the queue of the round before meanwhile.
      let ranked = try await test.board(project) { board, _ in board.ranking.round }
      #expect(ranked == number - 1)
      await test.runRounds()
      let round = try test.service.round(number, in: project)
      #expect(round.state == .serving)
      #expect(try test.service.round(number - 1, in: project).state == .superseded)
      strategies.append(round.strategyUsed ?? "")
    }
    #expect(strategies.first == "typiclust" && strategies.last == "margin_diverse")
    let report = RoundReport(text: try test.service.round(5, in: project).report)
    #expect(report.labels.training + report.labels.evaluation == 40)
    #expect(report.labels.perLabel.values.reduce(0, +) == report.labels.training)
    #expect(report.metrics?.accuracy ?? 0 > 0.9)
    #expect(Set(report.durationsMs.keys) == ["features", "training", "measuring", "scoring", "selecting"])
    let glance = try #require(test.service.overviewIfKnown(project)?.model)
    #expect(glance.round == 5 && glance.evaluationLabels == report.labels.evaluation)
    // What is served now says where it comes from.
    let served = try await test.next(project, ann, 5).filter { !$0.lease.provenance.evaluation }
    #expect(served.allSatisfy { $0.lease.provenance.round == 5 && $0.lease.provenance.rank ?? 0 > 0 })
    let (queue, ranking, reserve) = try await test.board(project) { board, connection in
      (
        try connection.queue(of: project).map(\.row), board.ranking.entries.map(\.row), Set(board.pool.openReserve())
      )
    }
    #expect(queue == ranking && Set(queue).count == queue.count && reserve.isDisjoint(with: queue))
  }

  @Test func aStrategyWithoutItsModelSaysWhatItDidInstead() async throws {
    let test = try TestService()
    let project = try await test.project(
      modality: .vector, settings: #"{"strategy": "entropy", \#(TestService.quick)}"#)
    let ann = try await test.user("ann")
    try await test.pushVectors(30, to: project, by: ann)
    await test.runRounds()
    let first = try test.service.round(1, in: project)
    #expect(first.strategyUsed == "typiclust" && first.reason?.contains("entropy needs a model") == true)
    try await test.work(10, in: project, by: ann)
    await test.runRounds()
    #expect(try test.service.round(2, in: project).strategyUsed == "entropy")
  }

  @Test func aPoolThatGrowsIsRankedAnew() async throws {
    let test = try TestService()
    let project = try await test.project(modality: .vector, settings: "{\(TestService.quick)}")
    let ann = try await test.user("ann")
    try await test.pushVectors(30, to: project, by: ann)
    await test.runRounds()
    try await test.pushVectors(9, to: project, by: ann, from: 30)
    #expect(throws: LabelingError.self) { try test.service.round(2, in: project) }
    try await test.pushVectors(30, to: project, by: ann, from: 39)
    #expect(try test.service.round(2, in: project).trigger == "pool")
    await test.runRounds()
    #expect(try test.service.round(2, in: project).state == .serving)
    #expect(try test.service.features.current(project)?.view.rows == 69)
  }

  @Test func onlyOneRoundWaitsAndItCanBeCancelled() async throws {
    let test = try TestService()
    let project = try await test.project(modality: .vector, settings: "{\(TestService.quick)}")
    let ann = try await test.user("ann")
    await #expect(throws: LabelingError.self) { try await test.service.requestRound(in: project) }
    try await test.pushVectors(30, to: project, by: ann)
    do {
      _ = try await test.service.requestRound(in: project)
      Issue.record("two rounds wait")
    } catch LabelingError.conflict {}
    let stale = try test.service.round(1, in: project)
    #expect(try await test.service.cancelRound(1, in: project).state == .cancelled)
    // The trainer had seen it waiting just before: it does not start it after all.
    #expect(throws: CancellationError.self) {
      var work = RoundWork(service: test.service, project: project, round: stale)
      try work.run()
    }
    #expect(try test.service.round(1, in: project).state == .cancelled)
    do {
      _ = try await test.service.cancelRound(1, in: project)
      Issue.record("cancelled twice")
    } catch LabelingError.conflict {}
    let second = try await test.service.requestRound(in: project)
    #expect(second.number == 2 && second.trigger == "requested")
    await test.runRounds()
    #expect(try test.service.round(2, in: project).state == .serving)
  }

  @Test func aRoundUnderWayCanBeCancelled() async throws {
    let test = try TestService()
    // Would train for minutes.
    let project = try await test.project(
      modality: .vector,
      settings: #"{"batch_size": 10, "evaluation_fraction": 0, "trainer": {"hidden": 4096, "epochs": 10000}}"#)
    let ann = try await test.user("ann")
    try await test.pushVectors(60, to: project, by: ann)
    await test.runRounds()
    try await test.work(10, in: project, by: ann)
    let events = test.service.events.listen(to: project, after: nil)
    try test.service.start()
    for await event in events where event.kind == "progress" || event.data.contains(#""state":"training""#) { break }
    _ = try await test.service.cancelRound(2, in: project)
    let round = try await test.round(project, 2, reaches: [.cancelled, .failed, .serving])
    #expect(round.state == .cancelled && round.error == nil)
    // The queue of the round before goes on.
    #expect(try await test.board(project) { board, _ in board.ranking.round } == 1)
    await test.service.stop()
  }

  @Test func aRoundThatFailsBlocksNothing() async throws {
    let test = try TestService()
    let project = try await test.project(modality: .vector, settings: "{\(TestService.quick)}")
    let ann = try await test.user("ann")
    try await test.pushVectors(60, to: project, by: ann)
    await test.runRounds()
    // A file where the folder of the project's models should be.
    let obstacle = test.path + "/models/\(project)"
    try Data().write(to: URL(fileURLWithPath: obstacle))
    try await test.work(10, in: project, by: ann)
    await test.runRounds()
    let failed = try test.service.round(2, in: project)
    #expect(failed.state == .failed && failed.error != nil && failed.finishedAt != nil)
    #expect(try test.service.round(1, in: project).state == .serving)
    try FileManager.default.removeItem(atPath: obstacle)
    try await test.work(10, in: project, by: ann)
    await test.runRounds()
    #expect(try test.service.round(3, in: project).state == .serving)
  }
}
