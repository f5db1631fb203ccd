import Features
import Formats
import Foundation
import Tensors
import Testing

/// Real questions, where the data folder stands beside the package.
struct TrecTests {
  static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("shared/data/trec/trec.csv.gz").path

  private func questions() throws -> [(text: String, label: String, isTest: Bool)] {
    var file = try FileChunks(path: Self.path)
    var reader = CSVReader()
    var rows: [CSVRow] = []
    try file.forEach { rows += try reader.feed($0) }
    rows += try reader.finish()
    return try rows.map { row in
      let record = try #require(row.record)
      return (try #require(record["text"]), try #require(record["coarse"]), record["split"] == "test")
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: path), "the TREC data is not beside the package"))
  func classesOfQuestionsLieApart() throws {
    let questions = try questions()
    #expect(questions.count == 5_952)
    let pool = ComputePool(threads: 2)
    let items = questions.map { RawItem.text($0.text) }
    let featurizer = try TextFeaturizer.fit(items, seed: 1, pool: pool)
    #expect(featurizer.dimension == 256)
    let features = try featurizer.features(of: items, pool: pool)
    var order = questions.indices.filter { !questions[$0].isTest }
    var generator = SeededGenerator(seed: 2)
    generator.shuffle(&order)
    let labels = Set(questions.map(\.label)).sorted()
    let labelled = order.prefix(500)
    let centres = labels.map { label in
      let rows = labelled.filter { questions[$0].label == label }
      return (0..<256).map { column in rows.reduce(0) { $0 + features[$1, column] } / Float(max(1, rows.count)) }
    }
    func accuracy(_ chosen: [Int]) -> Double {
      let right = chosen.filter { row in
        let distances = centres.map { centre in
          zip(features.view[row], centre).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        return labels[distances.indices.min { distances[$0] < distances[$1] }!] == questions[row].label
      }
      return Double(right.count) / Double(chosen.count)
    }
    let accuracy = accuracy(Array(order.dropFirst(500)))
    // Measured: 0.64. Always the most frequent class: 0.22.
    #expect(accuracy > 0.6, "nearest of \(labels.count) centres of 500 labels")
  }
}
