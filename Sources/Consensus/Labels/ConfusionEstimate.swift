import Foundation

/// The confusion matrices of all annotators, with rows only for the labels that an annotator has used.
struct ConfusionEstimate {
  /// Below this no cell falls, so that a single opinion never rules a class out.
  private static let floor = 1e-10

  let classes: Int
  /// The labels that each annotator has used, and the row of `logs` that belongs to each.
  private(set) var slots: [[(label: Int, row: Int)]]
  /// The row of each opinion, in the order of the index.
  private let rowOf: [Int]
  /// `log π_j[k][l]` at `row(j, l) · c + k`.
  private var logs: [Double]

  init(_ table: Opinions, index: OpinionIndex) {
    classes = table.classes
    var slots = [[(label: Int, row: Int)]](repeating: [], count: table.annotators)
    var known: [Int: Int] = [:]
    rowOf = index.labels.indices.map { place in
      let (annotator, label) = (index.annotators[place], index.labels[place])
      if let row = known[annotator &* table.classes &+ label] { return row }
      let row = known.count
      known[annotator &* table.classes &+ label] = row
      slots[annotator].append((label, row))
      return row
    }
    self.slots = slots.map { $0.sorted { $0.label < $1.label } }
    logs = [Double](repeating: 0, count: known.count * table.classes)
  }

  /// Estimates the matrices from the labels' posteriors.
  mutating func maximise(_ posterior: LabelDistributions, index: OpinionIndex, smoothing: Double) {
    let classes = classes
    logs.withUnsafeMutableBufferPointer { counts in
      counts.update(repeating: 0)
      posterior.values.withUnsafeBufferPointer { posterior in
        for item in 0..<(index.starts.count - 1) {
          for place in index.range(item) {
            let (target, source) = (rowOf[place] &* classes, item &* classes)
            for label in 0..<classes { counts[target &+ label] += posterior[source &+ label] }
          }
        }
      }
      var totals = [Double](repeating: 0, count: classes)
      for used in slots where !used.isEmpty {
        for label in 0..<classes { totals[label] = smoothing * Double(classes - used.count) }
        for slot in used {
          for label in 0..<classes {
            let cell = slot.row &* classes &+ label
            counts[cell] = max(counts[cell] + smoothing, Self.floor)
            totals[label] += counts[cell]
          }
        }
        for slot in used {
          for label in 0..<classes {
            let cell = slot.row &* classes &+ label
            counts[cell] = log(counts[cell] / totals[label])
          }
        }
      }
    }
  }

  /// Estimates the labels' posteriors from the matrices.
  func expect(_ posterior: inout LabelDistributions, prior: [Double], index: OpinionIndex) -> Expectation {
    let classes = classes
    let logPrior = prior.map { $0 > 0 ? log($0) : -.infinity }
    var row = [Double](repeating: 0, count: classes)
    var (change, likelihood) = (0.0, 0.0)
    for item in 0..<posterior.items {
      let target = item &* classes
      let range = index.range(item)
      guard !range.isEmpty else {
        for label in 0..<classes { posterior.values[target &+ label] = prior[label] }
        continue
      }
      for label in 0..<classes { row[label] = logPrior[label] }
      for place in range {
        let source = rowOf[place] &* classes
        for label in 0..<classes { row[label] += logs[source &+ label] }
      }
      let largest = row.max() ?? 0
      var sum = 0.0
      for label in 0..<classes {
        row[label] = exp(row[label] - largest)
        sum += row[label]
      }
      likelihood += largest + log(sum)
      for label in 0..<classes {
        let value = row[label] / sum
        change = max(change, abs(value - posterior.values[target &+ label]))
        posterior.values[target &+ label] = value
      }
    }
    return Expectation(change: change, logLikelihood: likelihood)
  }

  /// `π[given][label of the row]`.
  func probability(_ row: Int, given label: Int) -> Double { exp(logs[row * classes + label]) }

  func confusion(of annotator: Int) -> [[Double]] {
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: classes), count: classes)
    for slot in slots[annotator] {
      for truth in 0..<classes { matrix[truth][slot.label] = probability(slot.row, given: truth) }
    }
    return matrix
  }
}
