import Domain
import Foundation
import Testing

@Suite struct ProjectDraftTests {
  private func decode(_ text: String) throws -> ProjectDraft {
    try JSONDecoder().decode(ProjectDraft.self, from: Data(text.utf8))
  }

  @Test func readsADescription() throws {
    let draft = try decode(
      """
      {"name": "Tickets", "modality": "text", "task": "single_label", "guidelines": "*Be kind.*",
       "labels": [{"name": "billing", "hotkey": "b", "color": "#3B82f6", "description": "money"}, {"name": "outage"}]}
      """)
    #expect(draft.name == "Tickets" && draft.modality == .text && draft.task == .singleLabel)
    #expect(draft.labels?.map(\.name) == ["billing", "outage"] && draft.labels?[0].hotkey == "b")
    #expect(draft.complaints() == [])
  }

  @Test(arguments: [
    (#"{"modality": "smell"}"#, "/modality", "text, image, vector"),
    (#"{"task": "ranking"}"#, "/task", "single_label, multi_label"),
    (#"{"naem": "x"}"#, "/naem", "name, modality"),
    (#"{"labels": [{"name": "a"}, {"name": "b", "hotky": "1"}]}"#, "/labels/1/hotky", "hotkey"),
  ]) func refusesWhatIsNotOffered(text: String, pointer: String, hint: String) throws {
    let error = try #require(throws: ValidationError.self) { try decode(text) }
    #expect(error.errors.map(\.pointer) == [pointer])
    #expect(error.description.contains(hint))
  }

  @Test(arguments: [
    ([], ["/labels"]), ([LabelDraft(name: "")], ["/labels/0/name"]),
    ([LabelDraft(name: String(repeating: "ä", count: 101))], ["/labels/0/name"]),
    ([LabelDraft(name: "a\nb")], ["/labels/0/name"]),
    ([LabelDraft(name: "a"), LabelDraft(name: "b"), LabelDraft(name: "a")], ["/labels/2/name"]),
    ([LabelDraft(name: "a", hotkey: " ")], ["/labels/0/hotkey"]),
    ([LabelDraft(name: "a", hotkey: "ab")], ["/labels/0/hotkey"]),
    ([LabelDraft(name: "a", hotkey: "Q"), LabelDraft(name: "b", hotkey: "q")], ["/labels/1/hotkey"]),
    ([LabelDraft(name: "a", color: "red")], ["/labels/0/color"]),
    ([LabelDraft(name: "a", color: "#12345g")], ["/labels/0/color"]),
    ((0...1000).map { LabelDraft(name: "\($0)") }, ["/labels"]),
  ]) func complainsAboutLabels(labels: [LabelDraft], pointers: [String]) {
    #expect(LabelDraft.complaints(about: labels).map(\.pointer) == pointers)
  }

  @Test func complainsAboutNameAndGuidelinesTogether() {
    let draft = ProjectDraft(name: "a\u{7}", guidelines: String(repeating: "x", count: 100_001))
    #expect(draft.complaints().map(\.pointer) == ["/name", "/guidelines"])
    #expect(ProjectDraft(name: "").complaints().map(\.pointer) == ["/name"])
    #expect(ProjectDraft().complaints() == [])
  }
}
