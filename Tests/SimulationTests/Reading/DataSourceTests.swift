import Features
import Foundation
import Simulation
import Tensors
import Testing

@Suite struct DataSourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func numbers(_ items: LabelledItems) -> [Float] {
    if case .numbers(let matrix, _) = items.content { matrix.values } else { [] }
  }

  private func texts(_ items: LabelledItems) -> [String] {
    guard case .raw(let raw) = items.content else { return [] }
    return raw.map { if case .text(let text) = $0 { text } else { "" } }
  }

  @Test func everyNumericColumnButLabelAndIdIsAFeature() throws {
    let path = try folder.write("id,x,name,y,label\n7,1,a,2.5,10\n8,-3,b,4e1,9\n9, 5 ,c,6,10\n", to: "a.csv")
    let items = try DataSource(path: path, modality: .vector).read()
    #expect(numbers(items) == [1, 2.5, -3, 40, 5, 6])
    #expect(items.classNames == ["9", "10"] && items.labels == [1, 0, 1] && items.notes.isEmpty)
    let less = try DataSource(path: path, modality: .vector, ignoredColumns: ["y"]).read()
    #expect(numbers(less) == [1, -3, 5])
  }

  @Test func textColumnsAreJoinedAndRowsFiltered() throws {
    let path = try folder.write("1,Title,Body,train\n2,Other,Text,test\n2,Last,\"One, two\",train\n", to: "a.csv")
    let items = try DataSource(
      path: path, textColumn: "title,body", labelColumn: "class", columns: ["class", "title", "body", "split"],
      filter: (column: "split", value: "train")
    ).read()
    #expect(texts(items) == ["Title Body", "Last One, two"] && items.classNames == ["1", "2"])
  }

  @Test func rowsThatCannotBeUsedAreCountedAndTheFirstIsNamed() throws {
    let path = try folder.write("x,label\n1,a\nnan,b\n2,\n3,b\noops,c\n", to: "a.csv")
    let items = try DataSource(path: path, modality: .vector).read()
    #expect(items.count == 2)
    #expect(items.notes.first?.contains("3 rows can't be used; the first: line 3") == true)
  }

  @Test func jsonLinesGiveTextsAndVectors() throws {
    let path = try folder.write(
      "{\"text\":\"a\",\"label\":\"x\",\"vector\":[1,2]}\n{\"text\":\"b\",\"label\":1,\"vector\":[3]}\n[]\n"
        + "{\"text\":\"c\",\"label\":[\"x\",\"y\"]}\n", to: "a.jsonl")
    let items = try DataSource(path: path).read()
    #expect(texts(items) == ["a", "b"] && items.classNames == ["1", "x"] && items.notes.count == 1)
    let vectors = try DataSource(path: path, modality: .vector).read()
    #expect(numbers(vectors) == [1, 2])
    #expect(vectors.notes.first?.hasPrefix("3 rows") == true)
  }

  @Test func aPairOfIDXFilesGivesPixelsAndTheirShape() throws {
    let images = folder.path + "/images"
    let labels = folder.path + "/labels"
    try Data([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 51, 102]).write(to: URL(fileURLWithPath: images))
    try Data([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]).write(to: URL(fileURLWithPath: labels))
    let items = try DataSource(path: "\(images),\(labels)").read()
    guard case .numbers(let matrix, let shape) = items.content else {
      Issue.record("pixels are numbers")
      return
    }
    #expect(matrix.values == [0, 1, 0.2, 0.4] && shape == ImageShape(height: 1, width: 2, channels: 1))
    #expect(items.classNames == ["3", "7"] && items.labels == [1, 0])
    let swapped = #expect(throws: SimulationError.self) { try DataSource(path: "\(labels),\(images)").read() }
    #expect(swapped?.description.contains("the first file must hold images") == true)
  }

  @Test func whatCannotBeReadIsNamed() throws {
    func reason(_ source: DataSource) -> String {
      do {
        _ = try source.read()
        return "nothing"
      } catch { return "\(error)" }
    }
    let table = try folder.write("text,label\nhello,a\n", to: "a.csv")
    let empty = try folder.write("text,label\n", to: "empty.csv")
    let odd = try folder.write("text,label\nhello,a\n", to: "a.dat")
    #expect(reason(DataSource(path: folder.path + "/none.csv")).contains("no such file"))
    #expect(reason(DataSource(path: odd)).contains("say --format"))
    #expect(reason(DataSource(path: empty)).contains("no labelled row"))
    #expect(reason(DataSource(path: table, labelColumn: "class")).contains("no column “class”; it has “text”, “label”"))
    #expect(reason(DataSource(path: table, modality: .vector)).contains("no numeric column"))
    #expect(reason(DataSource(path: table, modality: .image)).contains("not images"))
    #expect(reason(DataSource(path: table, format: .npz)).contains("not a zip file"))
    #expect(reason(DataSource(path: table, filter: (column: "split", value: "x"))).contains("no column “split”"))
    #expect(reason(DataSource(path: folder.path)).contains("no labelled item"))
  }
}
