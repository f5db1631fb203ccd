import Domain
import Labeling
import Testing

@Suite struct RowMappingTests {
  private let names = ["id", "p0", "label", "p1", "fold"]
  private let fields = ["k", "0.5", "7", "-2", "3"]

  private func mapping(label: String? = nil, ignored: Set<String> = []) -> RowMapping {
    RowMapping(modality: .vector, textColumn: nil, labelColumn: label, keyColumn: nil, ignored: ignored)
  }

  @Test func aVectorHoldsNoColumnThatIsSomethingElse() throws {
    let row = try mapping(label: "label", ignored: ["fold"]).row(names: names, fields: fields).get()
    #expect(row.vector == [0.5, -2] && row.label == "7" && row.key == "k")
    let unlabelled = try mapping(ignored: ["label"]).row(names: names, fields: fields).get()
    #expect(unlabelled.vector == [0.5, -2, 3] && unlabelled.label == nil)
  }

  @Test(arguments: ["label", "labels", "Label", "LABELS"]) func theTruthIsNoFeatureUnasked(_ name: String) {
    let names = names.map { $0 == "label" ? name : $0 }
    guard case .failure(let error) = mapping().row(names: names, fields: fields) else {
      Issue.record("the label became a number of the vector")
      return
    }
    #expect(error.pointer == "/\(name)")
    #expect(error.detail.contains("label column"))
  }

  @Test func otherModalitiesDoNotMind() throws {
    let text = RowMapping(modality: .text, textColumn: nil, labelColumn: nil, keyColumn: nil)
    #expect(try text.row(names: ["text", "label"], fields: ["hello", "7"]).get().text == "hello")
  }
}
