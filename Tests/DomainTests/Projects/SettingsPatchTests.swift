import Domain
import Foundation
import Testing

@Suite struct SettingsPatchTests {
  private let offered = ["auto", "random", "margin"]

  private func decode(_ text: String) throws -> SettingsPatch {
    try JSONDecoder().decode(SettingsPatch.self, from: Data(text.utf8))
  }

  private func pointers(_ text: String) throws -> [String] {
    do {
      _ = try decode(text).applied(to: ProjectSettings(), strategies: offered)
      return []
    } catch let error as ValidationError {
      return error.errors.map(\.pointer)
    }
  }

  @Test func changesOnlyWhatItNames() throws {
    var before = ProjectSettings()
    before.overlap = 3
    let after = try decode(#"{"batch_size": 7, "trainer": {"model": "linear"}, "seed": 42}"#)
      .applied(to: before, strategies: offered)
    var expected = before
    expected.batchSize = 7
    expected.trainer.model = "linear"
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

  @Test func settingsSurviveJSONAndAreShownAsTheyAre() throws {
    var settings = ProjectSettings()
    settings.seed = 9
    settings.trainer.dropout = 0.25
    settings.outlierFilter.method = "none"
    #expect(try JSONDecoder().decode(ProjectSettings.self, from: JSONEncoder().encode(settings)) == settings)
    let shown = try JSONDecoder().decode(ProjectSettings.self, from: Data(settings.json.serialized()))
    #expect(shown == settings)
  }
}
