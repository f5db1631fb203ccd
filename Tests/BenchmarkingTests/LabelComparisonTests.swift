import Benchmarking
import Foundation
import Simulation
import Tensors
import Testing

@Suite struct LabelComparisonTests {
  /// Two clusters of 60 vectors each.
  private static func study(_ parameters: SimulationParameters) throws -> LabelStudy {
    var generator = SeededGenerator(seed: 3)
    var lines = "a,b,label\n"
    for index in 0..<120 {
      let centre: Float = index % 2 == 0 ? -1 : 1
      lines += "\(centre + 0.5 * generator.normal()),\(generator.normal()),\(index % 2 == 0 ? "low" : "high")\n"
    }
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).csv")
    try lines.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    return try LabelStudy(data: try DataSource(path: file.path, modality: .vector).read(), parameters: parameters)
  }

  private static let parameters = SimulationParameters(
    strategies: ["random", "margin"], batch: 5, start: 10, labels: 20, seeds: 1, passes: 3, measuresCeiling: false)

  @Test("Rows that another program chose are judged as they were chosen")
  func replaysRows() throws {
    let study = try Self.study(Self.parameters)
    let rows = Array((0..<20).reversed())
    let run = try study.replay(rows: rows, seed: 0)
    #expect(run.rows == rows)
    #expect(run.curve.map(\.labels) == [10, 15, 20])
    #expect(throws: SimulationError.self) { try study.replay(rows: [1, 1], seed: 0) }
    #expect(throws: SimulationError.self) { try study.replay(rows: [5000], seed: 0) }
  }

  @Test("The same rows give the same curve, whoever chose them")
  func sameRowsSameCurve() throws {
    let study = try Self.study(Self.parameters)
    let own = try study.replay(strategy: "margin", seed: 0)
    let others = try study.replay(rows: own.rows, seed: 0)
    #expect(zip(own.curve, others.curve).allSatisfy { $0.isSameResult(as: $1) })
    #expect(own.curve.count == others.curve.count)
  }

  @Test("Features go out in NumPy's format, and curves of this program and of others come back")
  func exportAndJudge() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let study = try Self.study(Self.parameters)
    let comparison = LabelComparison(study: study, parameters: Self.parameters, folder: folder.path)
    try comparison.export()
    let pool = try Data(contentsOf: folder.appending(path: "seed-0/pool.npy"))
    #expect(Array(pool.prefix(8)) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
    let header = Int(pool[8]) + 256 * Int(pool[9]) + 10
    #expect(header % 64 == 0 && pool.count == header + 4 * 96 * 2)
    try Data(#"{"rows": [3, 1, 2, 9, 8, 7, 6, 5, 4, 0]}"#.utf8).write(
      to: folder.appending(path: "seed-0/other.rows.json"))
    try comparison.judge()
    let result = try JSONDecoder().decode(
      LabelComparison.Result.self, from: Data(contentsOf: folder.appending(path: "curves.json")))
    #expect(result.curves.map(\.name) == ["random", "margin", "other"])
    #expect(result.curves[2].points.map(\.labels) == [10] && result.ceilings.count == 1)
  }
}
