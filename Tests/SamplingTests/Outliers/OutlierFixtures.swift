import Sampling
import Tensors

/// Two classes that are learned, and a group of items that nobody learns, each around its own centre.
///
/// Rows 0–199 are of class 0, 200–399 of class 1, the first 20 of each are labelled; 400–599 are the group, of which 60 are
/// labelled, in turn with all ten classes.
struct PlantedGroup {
  let features: Matrix
  let labelled: [Int]
  let candidates: [Int]
  static let group = 400..<600

  init(seed: UInt64 = 1) {
    var generator = SeededGenerator(seed: seed)
    let centers = (0..<3).map { _ in (0..<6).map { _ in 6 * generator.normal() } }
    var values: [Float] = []
    for row in 0..<600 { values += centers[min(2, row / 200)].map { $0 + generator.normal() } }
    features = Matrix(rows: 600, columns: 6, values: values)
    let rows = Array(0..<20) + Array(200..<220) + Array(400..<460)
    let taken = Set(rows)
    labelled = rows
    candidates = (0..<600).filter { !taken.contains($0) }
  }

  /// Labels of the group change from row to row, so that they can neither be learned nor agree.
  var evidence: LearnabilityEvidence {
    LearnabilityEvidence(
      features: features.view, labelledRows: labelled,
      labelledClasses: labelled.map { $0 < 200 ? 0 : $0 < 400 ? 1 : $0 % 10 },
      learnability: labelled.map { $0 < 400 ? 0.95 : 0.1 }, confidence: labelled.map { $0 < 400 ? 0.9 : 0.2 },
      variability: labelled.map { $0 < 400 ? 0.1 : 0.05 }, candidates: candidates, classes: 10)
  }
}

/// The report of a filter by name.
func report(
  _ name: String, on evidence: LearnabilityEvidence, parameters: [String: Double] = [:], seed: UInt64 = 1,
  pool: ComputePool? = nil
) throws -> OutlierReport {
  var generator = SeededGenerator(seed: seed)
  return try OutlierFilterRegistry.make(name: name, parameters: parameters)
    .report(on: evidence, using: &generator, pool: pool)
}
