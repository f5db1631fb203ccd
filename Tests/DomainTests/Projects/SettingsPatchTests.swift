import Domain
import Foundation
import Testing

@Suite struct SettingsPatchTests {
  private func complaint(_ choice: StrategyChoice) -> FieldError? {
    if !["auto", "random", "margin"].contains(choice.name) { return FieldError("", "not offered") }
    return choice.parameters.keys.sorted().first.map { FieldError("/parameters/\($0)", "no such parameter") }
  }

  private func decode(_ text: String) throws -> SettingsPatch {
    try JSONDecoder().decode(SettingsPatch.self, from: Data(text.utf8))
  }

  private func pointers(_ text: String) throws -> [String] {
    do {
      _ = try decode(text).applied(
        to: ProjectSettings(), outlierFilters: ["auto", "none"], strategyComplaint: complaint)
      return []
    } catch let error as ValidationError {
      return error.errors.map(\.pointer)
    }
  }

  @Test func changesOnlyWhatItNames() throws {
    var before = ProjectSettings()
    before.overlap = 3
    let after = try decode(#"{"batch_size": 7, "trainer": {"model": "linear"}, "pre_annotation": true, "seed": 42}"#)
      .applied(to: before, outlierFilters: ["auto", "none"], strategyComplaint: complaint)
    var expected = before
    expected.batchSize = 7
    expected.trainer.model = .linear
    expected.preAnnotation = true
    expected.seed = 42
    #expect(after == expected)
  }

  @Test(arguments: [
    (#"{"batch_size": 0}"#, "/settings/batch_size"), (#"{"batch_size": 100001}"#, "/settings/batch_size"),
    (#"{"overlap": 0}"#, "/settings/overlap"), (#"{"overlap": 101}"#, "/settings/overlap"),
    (#"{"lease_seconds": 0}"#, "/settings/lease_seconds"), (#"{"lease_seconds": 604801}"#, "/settings/lease_seconds"),
    (#"{"evaluation_fraction": -0.01}"#, "/settings/evaluation_fraction"),
    (#"{"evaluation_fraction": 0.91}"#, "/settings/evaluation_fraction"),
    (#"{"strategy": "psychic"}"#, "/settings/strategy"),
    (#"{"outlier_filter": {"method": "lof"}}"#, "/settings/outlier_filter/method"),
    (#"{"outlier_filter": {"fraction": 1}}"#, "/settings/outlier_filter/fraction"),
    (#"{"trainer": {"kind": "cloud"}}"#, "/settings/trainer/kind"),
    (#"{"trainer": {"model": "oracle"}}"#, "/settings/trainer/model"),
    (#"{"trainer": {"hidden": 0}}"#, "/settings/trainer/hidden"),
    (#"{"trainer": {"dropout": 1}}"#, "/settings/trainer/dropout"),
    (#"{"trainer": {"epochs": 0}}"#, "/settings/trainer/epochs"),
    (#"{"trainer": {"learning_rate": 0}}"#, "/settings/trainer/learning_rate"),
    (#"{"trainer": {"committee_size": 101}}"#, "/settings/trainer/committee_size"),
    (#"{"trainer": {"committee": {"size": 0}}}"#, "/settings/trainer/committee/size"),
    (#"{"trainer": {"committee": {"kind": "ensemble", "size": 21}}}"#, "/settings/trainer/committee/size"),
    (#"{"trainer": {"committee": {"kind": "jury"}}}"#, "/settings/trainer/committee/kind"),
    (#"{"trainer": {"activation": "step"}}"#, "/settings/trainer/activation"),
    (#"{"trainer": {"normalization": "max"}}"#, "/settings/trainer/normalization"),
    (#"{"trainer": {"optimizer": "newton"}}"#, "/settings/trainer/optimizer"),
    (#"{"trainer": {"momentum": 1}}"#, "/settings/trainer/momentum"),
    (#"{"trainer": {"schedule": "lunar"}}"#, "/settings/trainer/schedule"),
    (#"{"trainer": {"warm_up": 0.6}}"#, "/settings/trainer/warm_up"),
    (#"{"trainer": {"l1": -1}}"#, "/settings/trainer/l1"), (#"{"trainer": {"l2": 1.1}}"#, "/settings/trainer/l2"),
    (#"{"trainer": {"label_smoothing": 0.6}}"#, "/settings/trainer/label_smoothing"),
    (#"{"trainer": {"gradient_clipping": -1}}"#, "/settings/trainer/gradient_clipping"),
    (#"{"trainer": {"class_weights": "given"}}"#, "/settings/trainer/class_weights"),
    (#"{"trainer": {"early_stopping": "soon"}}"#, "/settings/trainer/early_stopping"),
    (#"{"trainer": {"curriculum": "hard"}}"#, "/settings/trainer/curriculum"),
    (#"{"strategy": {"name": "psychic", "parameters": {"x": 1}}}"#, "/settings/strategy"),
    (#"{"strategy": {"name": "margin", "parameters": {"x": 1}}}"#, "/settings/strategy/parameters/x"),
    (#"{"seed": -1}"#, "/settings/seed"),
  ]) func refusesWhatIsOutOfRange(text: String, pointer: String) throws {
    #expect(try pointers(text) == [pointer])
  }

  @Test(arguments: [
    #"{"batch_size": 1, "overlap": 1, "lease_seconds": 1, "evaluation_fraction": 0, "seed": 0}"#,
    #"{"batch_size": 100000, "overlap": 100, "lease_seconds": 604800, "evaluation_fraction": 0.9}"#,
    #"{"seed": 9223372036854775807, "trainer": {"dropout": 0, "hidden": 4096, "epochs": 10000}}"#,
  ]) func takesTheBounds(text: String) throws {
    #expect(try pointers(text) == [])
  }

  @Test func collectsAllComplaints() throws {
    #expect(
      try pointers(#"{"overlap": 0, "batch_size": 0, "strategy": "x"}"#)
        == ["/settings/batch_size", "/settings/overlap", "/settings/strategy"])
  }

  @Test func refusesUnknownMembersWithTheirPointers() throws {
    let drafted = #"{"name": "n", "settings": {"trainer": {"learning_rat": 1}}}"#
    let error = try #require(throws: ValidationError.self) {
      try JSONDecoder().decode(ProjectDraft.self, from: Data(drafted.utf8))
    }
    #expect(error.errors.map(\.pointer) == ["/settings/trainer/learning_rat"])
    #expect(error.description.contains("learning_rate"))
    let two = try #require(throws: ValidationError.self) { try decode(#"{"b~a/d": 1, "a": 2}"#) }
    #expect(two.errors.map(\.pointer) == ["/a", "/b~0a~1d"])
  }

  @Test func whatAnEarlierVersionStoredIsRead() throws {
    let stored = #"""
      {"batch_size": 7, "evaluation_fraction": 0.2, "lease_seconds": 60, "outlier_filter": {"fraction": 0.1,
       "method": "none"}, "overlap": 2, "seed": 5, "strategy": "margin", "trainer": {"committee_size": 4,
       "dropout": 0.25, "epochs": 9, "hidden": 32, "kind": "embedded", "learning_rate": 0.01, "model": "linear"}}
      """#
    let settings = try JSONDecoder().decode(ProjectSettings.self, from: Data(stored.utf8))
    var expected = ProjectSettings()
    (expected.batchSize, expected.evaluationFraction, expected.leaseSeconds) = (7, 0.2, 60)
    (expected.overlap, expected.seed, expected.strategy, expected.outlierFilter.method) = (2, 5, "margin", "none")
    (expected.trainer.dropout, expected.trainer.epochs, expected.trainer.hidden) = (0.25, 9, 32)
    (expected.trainer.learningRate, expected.trainer.model, expected.trainer.committee.size) = (0.01, .linear, 4)
    #expect(settings == expected)
  }

  @Test func aCommitteeHasAUsualSizeOfItsKindUnlessOneIsGiven() throws {
    func committee(_ text: String) throws -> TrainerSettings.Committee {
      try decode(#"{"trainer": \#(text)}"#).applied(
        to: ProjectSettings(), outlierFilters: ["auto", "none"], strategyComplaint: complaint
      ).trainer
        .committee
    }
    #expect(try committee(#"{"committee": {"kind": "ensemble"}}"#).size == 5)
    #expect(try committee(#"{"committee": {"kind": "augmentation"}}"#).size == 8)
    #expect(try committee(#"{"committee": {"kind": "ensemble", "size": 3}}"#).size == 3)
    #expect(try committee(#"{"committee_size": 6}"#).size == 6)
    // Settings that were read, changed in one place and sent back.
    #expect(try committee(#"{"committee": {"kind": "mc_dropout", "size": 9}, "committee_size": 20}"#).size == 9)
    #expect(try committee(#"{"committee": {"kind": "mc_dropout", "size": 20}, "committee_size": 9}"#).size == 9)
  }

  @Test func aStrategyIsANameOrANameWithParameters() throws {
    let plain = try JSONDecoder().decode(StrategyChoice.self, from: Data(#""margin""#.utf8))
    #expect(plain == "margin" && plain.json == "margin")
    let full = try JSONDecoder().decode(
      StrategyChoice.self, from: Data(#"{"name": "typiclust", "parameters": {"neighbours": 5}}"#.utf8))
    #expect(full == StrategyChoice("typiclust", parameters: ["neighbours": 5]))
    #expect(try JSONDecoder().decode(StrategyChoice.self, from: Data(full.json.serialized())) == full)
    #expect(try JSONDecoder().decode(StrategyChoice.self, from: JSONEncoder().encode([full])[1...].dropLast()) == full)
    let error = try #require(throws: ValidationError.self) { try decode(#"{"strategy": {"nam": "margin"}}"#) }
    #expect(error.errors.map(\.pointer) == ["/strategy/nam"])
  }

  @Test func aConvolutionalNetworkNeedsImages() throws {
    let settings = try decode(#"{"trainer": {"model": "convolutional"}}"#)
      .applied(to: ProjectSettings(), outlierFilters: ["auto", "none"], strategyComplaint: complaint)
    #expect(settings.complaints(modality: .image) == [])
    #expect(settings.complaints(modality: .text).map(\.pointer) == ["/settings/trainer/model"])
    #expect(ProjectSettings().complaints(modality: .text) == [])
  }

  @Test func settingsSurviveJSONAndAreShownAsTheyAre() throws {
    var settings = ProjectSettings()
    settings.seed = 9
    settings.trainer.dropout = 0.25
    settings.outlierFilter.method = "none"
    settings.strategy = StrategyChoice("typiclust", parameters: ["neighbours": 5])
    settings.trainer.model = .convolutional
    settings.trainer.committee.kind = .ensemble
    settings.trainer.committee.size = 7
    settings.trainer.schedule = .cosine
    settings.trainer.warmStart = true
    #expect(try JSONDecoder().decode(ProjectSettings.self, from: JSONEncoder().encode(settings)) == settings)
    let shown = try JSONDecoder().decode(ProjectSettings.self, from: Data(settings.json.serialized()))
    #expect(shown == settings)
  }
}
