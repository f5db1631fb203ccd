import Foundation
import Tensors
import Testing

@testable import Simulation

@Suite struct ExperimentTests {
  @Test func everyExperimentHasANameOfItsOwnAndAPaper() throws {
    let names = ExperimentRegistry.all.map { $0.name }
    #expect(Set(names).count == names.count && names.count == 9)
    for name in names { #expect(type(of: try ExperimentRegistry.make(name)).name == name) }
    #expect(ExperimentRegistry.all.allSatisfy { !$0.paper.isEmpty && $0.summary.hasSuffix(".") })
    let error = #expect(throws: SimulationError.self) { try ExperimentRegistry.make("nonsense") }
    #expect(error?.description.contains("mnist-uncertainty") == true)
  }

  @Test func missingDataIsNamed() throws {
    let folder = try TemporaryFolder()
    let context = ExperimentContext(data: folder.path, directory: folder.path + "/runs")
    let error = #expect(throws: SimulationError.self) { try DigitsExperiment().run(context) }
    #expect(error?.description.contains("digits.csv.gz") == true)
  }

  @Test func armsOfAComparisonAreNamedAndComparedWithRandom() throws {
    let folder = try TemporaryFolder()
    var noisy = Sets.parameters
    noisy.annotatorNoise = 0.2
    let comparison = Comparison(
      title: "arms", pool: Sets.clouds(), test: nil,
      groups: [
        .init(parameters: Sets.parameters),
        .init(parameters: noisy, names: ["random": "noisy", "margin": "noisy margin"]),
      ], accuracies: [0.5])
    let outcome = try comparison.run(ExperimentContext(data: "", directory: folder.path))
    #expect(outcome.table.map { $0[0] } == ["arm", "random", "margin", "noisy", "noisy margin"])
    #expect(outcome.table[1].last == "–" && outcome.table[3].last?.contains("p ") == true)
    #expect(outcome.chart.series.count == 5)
    #expect(outcome.markdown.split(separator: "\n").count == 6)
  }

  @Test func measurementsAreKeptAndNotRepeated() throws {
    let folder = try TemporaryFolder()
    let context = ExperimentContext(data: "", directory: folder.path)
    let measurements = Measurements(setting: "test", arms: ["a", "b"], seeds: 3)
    let values = try measurements.run(context) { arm, seed, _ in Double(10 * arm + seed) }
    #expect(values == [[0, 1, 2], [10, 11, 12]])
    #expect(try measurements.run(context) { _, _, _ in 99 } == values)
    #expect(percent([0.5, 0.5]) == "50.00 ± 0.00 %" && percent([0.25]) == "25.00 %")
  }

  @Test func shapesAreDrawnAlikeForASeedAndShowWhatTheirClassSays() {
    for kind in [ShapeDrawing.Kind.basic, .geometric] {
      let set = ShapeDrawing.set(kind, count: 30, seed: 1, stream: 2)
      let again = ShapeDrawing.set(kind, count: 30, seed: 1, stream: 2)
      let (pixels, shape) = set.numbers
      #expect(pixels == again.numbers.0 && shape == ImageShape(height: 16, width: 16, channels: 1))
      #expect(set.labels.prefix(4) == [0, 1, 2, 0])
      for item in 0..<30 {
        let row = pixels.row(item)
        let (low, high) = (row.min() ?? 0, row.max() ?? 0)
        // Two greys, the shape brighter and neither a dot nor all of the image.
        #expect(low >= 0 && high <= 1 && high - low >= 0.249 && Set(row).count == 2)
        #expect((8..<160).contains(row.count { $0 == high }))
      }
    }
    #expect(
      ShapeDrawing.set(.basic, count: 3, seed: 1, stream: 1).numbers.0
        != ShapeDrawing.set(.basic, count: 3, seed: 2, stream: 1).numbers.0)
  }

  @Test func repeatedImagesDifferByNoiseAlone() {
    let items = Sets.clouds(6)
    let repeated = BatchBALDExperiment.repeated(items, times: 3, noise: 0.01)
    #expect(repeated.count == 18 && repeated.labels == items.labels + items.labels + items.labels)
    let (original, copies) = (items.numbers.0, repeated.numbers.0)
    for row in 0..<18 {
      for column in 0..<2 { #expect(abs(copies[row, column] - original[row % 6, column]) < 0.1) }
    }
    #expect(copies.row(0) != copies.row(6))
  }

  @Test func cellsOfATableCannotBreakIt() {
    let outcome = ExperimentOutcome(
      chart: Chart(title: "", xLabel: "", yLabel: "", series: []), table: [["a", "b"], ["x|y", "1"]])
    #expect(outcome.markdown == "| a | b |\n| --- | ---: |\n| x\\|y | 1 |\n")
  }

  @Test func theTableGoesToItsPlaceInTheDocumentAndThePlotBesideIt() throws {
    let folder = try TemporaryFolder()
    let place = URL(fileURLWithPath: folder.path)
    let outcome = ExperimentOutcome(
      chart: Chart(title: "t", xLabel: "x", yLabel: "y", series: []), table: [["a"], ["1"]])
    #expect(try outcome.write("digits", to: place).map(\.lastPathComponent) == ["digits.svg"])
    try folder.write("# R\n<!-- digits -->\nold\n<!-- /digits -->\nafter\n", to: "README.md")
    #expect(try outcome.write("digits", to: place).count == 2)
    #expect(try outcome.write("other", to: place).count == 1)
    let text = try folder.text(of: "README.md")
    #expect(text == "# R\n<!-- digits -->\n| a |\n| --- |\n| 1 |\n<!-- /digits -->\nafter\n")
  }
}
