import Domain
import Features
import Foundation
import Learning
import Sampling
import Tensors
import Testing

@testable import Labeling

@Suite struct TrainerTests {
  /// A project whose rounds were trained with these settings.
  private func trained(
    _ test: TestService, _ trainer: String, rounds: Int = 4, more: String = ""
  ) async throws -> (project: ProjectID, user: User) {
    let project = try await test.project(
      modality: .vector,
      settings: #"{"trainer": \#(trainer), "batch_size": 10, "evaluation_fraction": 0.2\#(more)}"#)
    let ann = try await test.user("ann")
    try await test.pushVectors(120, to: project, by: ann)
    await test.runRounds()
    for _ in 1..<rounds {
      try await test.work(10, in: project, by: ann)
      await test.runRounds()
    }
    return (project, ann)
  }

  private func report(_ test: TestService, _ project: ProjectID, _ round: Int) throws -> RoundReport {
    let round = try test.service.round(round, in: project)
    try #require([.serving, .superseded].contains(round.state), "\(round.error ?? "")")
    return RoundReport(text: round.report)
  }

  @Test(arguments: [
    #"{"model": "linear"}"#, #"{"model": "linear", "optimizer": "lbfgs"}"#,
    #"{"hidden": 16, "activation": "gelu", "normalization": "layer"}"#,
    #"{"hidden": 16, "activation": "leaky_relu", "normalization": "batch"}"#,
    #"{"hidden": 16, "activation": "tanh", "optimizer": "sgd", "learning_rate": 0.05, "momentum": 0.8}"#,
    #"{"hidden": 16, "activation": "silu", "optimizer": "adamw", "schedule": "cosine", "warm_up": 0.1}"#,
    #"{"hidden": 16, "schedule": "step", "l1": 0.0001, "label_smoothing": 0.05, "gradient_clipping": 1}"#,
    #"{"hidden": 16, "schedule": "cyclic", "class_weights": "balanced", "early_stopping": "always"}"#,
    #"{"hidden": 16, "schedule": "plateau", "early_stopping": "never"}"#,
  ]) func everySettingTrainsAModelThatLearns(trainer: String) async throws {
    let test = try TestService()
    let (project, _) = try await trained(test, trainer)
    #expect(try report(test, project, 4).model?.notes == nil)
    var generator = SeededGenerator(seed: 3, stream: 0)
    let rows = (0..<60).map { number in
      var row = ItemRow()
      row.vector = TestService.vector(of: number % 3, &generator)
      return row
    }
    let right = try await test.service.predict(rows, in: project).enumerated().filter {
      try $0.element.get().label == ["a", "b", "c"][$0.offset % 3]
    }
    #expect(right.count > 54, "\(right.count) of 60")
    // What was trained can be read again.
    try await test.restart()
    #expect(try test.service.models.current(project)?.model.classes == 3)
  }

  @Test func settingsReachTheLearner() throws {
    let featurizer = try AnyFeaturizer.fit([.vector([1, 2]), .vector([3, 1])], seed: 0)
    var settings = TrainerSettings()
    let usual = settings.configuration(classes: 3, featurizer: featurizer, labels: 50, seed: 7)
    var expected = TrainingConfiguration.default(classes: 3, inputs: 2, labels: 50)
    expected.seed = 7
    #expect(usual == expected)
    settings.optimizer = .adamW
    settings.l2 = 0.01
    settings.gradientClipping = 2
    settings.schedule = .cosine
    settings.warmUp = 0.1
    settings.earlyStopping = .always
    let other = settings.configuration(classes: 3, featurizer: featurizer, labels: 50, seed: 7)
    #expect(other.optimizer == .adamW && other.l2 == 0 && other.weightDecay == 0.01 && other.gradientClipping == 2)
    let epochs = Float(other.epochs(forRows: 50))
    #expect(other.schedule == .product([.warmUp(epochs: 0.1 * epochs), .cosine()]))
    #expect(other.earlyStopping == .init())
  }

  @Test func anEnsembleAsksByItsDisagreementAndPredictsByItsMean() async throws {
    let test = try TestService()
    let (project, ann) = try await trained(
      test, #"{"hidden": 16, "committee": {"kind": "ensemble", "size": 3}}"#, more: #", "strategy": "bald""#)
    let report = try report(test, project, 4)
    #expect(report.model?.members == 3 && report.model?.committee?.kind == .ensemble)
    #expect(report.metrics?.accuracy ?? 0 > 0.9)
    #expect(try test.service.round(4, in: project).strategyUsed == "bald")
    var row = ItemRow()
    row.vector = [2, 1, 0, 0.5]
    let before = try #require(try await test.service.predict([row], in: project).first).get()
    try await test.restart()
    let serving = try #require(try test.service.models.current(project))
    #expect(serving.model.members.count == 3 && serving.model.size == 3)
    let after = try #require(try await test.service.predict([row], in: project).first).get()
    #expect(after.probabilities.map(\.probability) == before.probabilities.map(\.probability))
    let features = try serving.featurizer.features(of: [.vector(row.vector ?? [])])
    let each = try serving.model.members.map { try $0.probabilities(of: features.view).row(0) }
    #expect(Set(each.map { $0[0] }).count == 3)
    for label in 0..<3 {
      let mean = each.reduce(0) { $0 + $1[label] } / 3
      #expect(abs(Double(mean) - after.probabilities[label].probability) < 1e-5)
    }
    _ = ann
  }

  @Test(arguments: StrategyRegistry.all.map(\.name)) func everyStrategyServesRoundsAndQueries(name: String) async throws
  {
    let test = try TestService()
    let (project, ann) = try await trained(
      test, #"{"hidden": 16, "dropout": 0.2, "committee": {"size": 4}}"#, more: #", "strategy": "\#(name)""#)
    let round = try test.service.round(4, in: project)
    #expect(round.state == .serving, "\(round.error ?? "")")
    if name != "auto" { #expect(round.strategyUsed == name, "\(round.reason ?? "")") }
    let batch = try await test.service.query(
      in: project, by: ann, count: 5, strategy: StrategyChoice(name), leaseSeconds: nil)
    #expect(batch.items.count == 5 && (name == "auto" || batch.strategyUsed == name), "\(batch.reason ?? "")")
  }

  @Test func anAugmentationCommitteeAsksAboutAlteredCopies() async throws {
    let test = try TestService()
    let (project, ann) = try await trained(
      test, #"{"hidden": 16, "committee": {"kind": "augmentation", "size": 5}}"#, more: #", "strategy": "bald""#)
    #expect(try report(test, project, 4).model?.committee?.size == 5)
    #expect(try test.service.round(4, in: project).strategyUsed == "bald")
    let batch = try await test.service.query(
      in: project, by: ann, count: 5, strategy: "augmentation_kl", leaseSeconds: nil)
    #expect(
      batch.strategyUsed == "augmentation_kl" && batch.items.contains { $0.served.lease.provenance.utility ?? 0 > 0 })
  }

  @Test func textsAreAlteredAsTexts() async throws {
    let test = try TestService()
    let project = try await test.project(
      settings: #"{"trainer": {"hidden": 16}, "batch_size": 10, "evaluation_fraction": 0}"#, labels: ["a", "b"])
    let ann = try await test.user("ann")
    let rows = (0..<60).map { number in
      var row = ItemRow()
      row.key = "k\(number)"
      row.text = number % 2 == 0 ? "the invoice number \(number) is wrong" : "server \(number) is down again today"
      if number < 30 { row.label = number % 2 == 0 ? "a" : "b" }
      return row
    }
    try await test.push(rows, to: project, by: ann)
    try await test.service.poolDidGrow(project)
    await test.runRounds()
    let definition = try test.service.overview(of: project).project
    let views = try #require(test.service.views(of: try test.service.features.current(project), in: definition))
    let some = [3, 40, 7]
    let copies = try views.views(of: some, count: 4)
    #expect(copies.rows == 12)
    for (place, row) in some.enumerated() { #expect(copies.row(place) == Array(views.features.view[row])) }
    #expect((3..<12).contains { copies.row($0) != copies.row($0 % 3) })
    // The same whatever else is asked about.
    #expect(try views.views(of: [7], count: 4).row(3) == copies.row(11))
    let batch = try await test.service.query(
      in: project, by: ann, count: 5, strategy: "augmentation_variance", leaseSeconds: nil)
    #expect(batch.strategyUsed == "augmentation_variance" && batch.items.count == 5)
  }

  @Test func aWarmStartGoesOnFromTheModelBefore() async throws {
    let test = try TestService()
    let (project, ann) = try await trained(test, #"{"hidden": 16, "warm_start": true, "epochs": 5}"#)
    #expect(try report(test, project, 4).model?.notes == nil)
    // With another label the model before does not fit.
    var draft = ProjectDraft()
    draft.labels = ["a", "b", "c", "d"].map { LabelDraft(name: $0) }
    _ = try await test.service.changeProject(project, draft, ifVersion: nil)
    try await test.work(10, in: project, by: ann)
    await test.runRounds()
    #expect(try report(test, project, 5).model?.notes?.first?.contains("from scratch") == true)
  }

  @Test(arguments: ["easy_first", "anti"]) func aCurriculumNeedsAModelBefore(name: String) async throws {
    let test = try TestService()
    let (project, _) = try await trained(test, #"{"hidden": 16, "curriculum": "\#(name)"}"#)
    #expect(try report(test, project, 2).model?.notes?.first?.contains("shuffled") == true)
    let last = try report(test, project, 4)
    #expect(last.model?.notes == nil && last.metrics?.accuracy ?? 0 > 0.9)
  }

  @Test func eachPhaseIsAccountedFor() async throws {
    let test = try TestService()
    let (project, _) = try await trained(test, #"{"hidden": 16}"#)
    let cost = try report(test, project, 4).cost
    let usual = ["features", "training", "measuring", "scoring", "selecting"]
    #expect(cost.phases.map(\.name).filter(usual.contains) == usual)
    let byName = Dictionary(uniqueKeysWithValues: cost.phases.map { ($0.name, $0) })
    #expect(byName["training"]?.operations ?? 0 > 0 && byName["training"]?.parameters ?? 0 > 0)
    #expect(byName["scoring"]?.operations ?? 0 > 0)
    #expect(cost.phases.allSatisfy { $0.seconds >= 0 && $0.peakMemory ?? 1 > 0 })
  }

  @Test func probabilitiesAreCalibratedOnceThereAreLabelsEnough() async throws {
    let test = try TestService()
    let project = try await test.project(
      modality: .vector,
      settings: #"{"trainer": {"hidden": 16}, "batch_size": 100, "evaluation_fraction": 0.5}"#)
    let ann = try await test.user("ann")
    try await test.pushVectors(240, to: project, by: ann)
    await test.runRounds()
    // One label in five of the evaluation stream is wrong, so that a sure model is too sure.
    for number in 0..<140 {
      let served = try #require(try await test.next(project, ann).first)
      let wrong = served.lease.provenance.evaluation && number % 5 == 0
      try await test.label(served, ["a", "b", "c"][(served.item.row + (wrong ? 1 : 0)) % 3], by: ann)
    }
    _ = try? await test.service.requestRound(in: project)
    await test.runRounds()
    let number = try #require(test.service.overviewIfKnown(project)?.round?.number)
    let calibration = try #require(try report(test, project, number).calibration)
    let scaling = try #require(calibration.scaling, "\(calibration.reason ?? "")")
    #expect(scaling.temperature > 1 && scaling.count >= 50 && scaling.lossAfter < scaling.lossBefore)
    #expect(try #require(calibration.errorAfter) < calibration.errorBefore)
    // What is predicted is calibrated, after a restart too.
    var row = ItemRow()
    row.vector = [4, 0, 0, 0]
    let before = try #require(try await test.service.predict([row], in: project).first).get()
    let serving = try #require(try test.service.models.current(project))
    let raw = try serving.model.probabilities(
      of: serving.featurizer.features(of: [.vector(row.vector ?? [])]).view, seed: 0)
    #expect(before.probabilities[0].probability < Double(raw[0, 0]))
    try await test.restart()
    let after = try #require(try await test.service.predict([row], in: project).first).get()
    #expect(after.probabilities.map(\.probability) == before.probabilities.map(\.probability))
  }
}
