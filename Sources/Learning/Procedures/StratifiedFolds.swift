import Tensors

/// Assigns each row of `targets` to one of `folds` folds, so that every fold has about the same mix of classes.
///
/// The rows of a class are shuffled and dealt out in turn, going on where the class before it ended: folds differ by one row
/// at most, and two rows of a class never share a fold while there are others. Of several labels the rarest that holds
/// counts as the row's class.
/// - Parameter folds: at least 1; folds beyond the number of rows stay empty.
/// - Complexity: O(m · classes).
public func stratifiedFolds(_ targets: Targets, folds: Int, seed: UInt64) -> [Int] {
  precondition(folds >= 1, "Rows cannot be dealt to \(folds) folds")
  var generator = SeededGenerator(seed: seed, stream: 0xF01D)
  var result = [Int](repeating: 0, count: targets.count)
  var next = 0
  for stratum in targets.strata {
    var rows = stratum
    generator.shuffle(&rows)
    for row in rows {
      result[row] = next
      next = (next + 1) % folds
    }
  }
  return result
}

extension Targets {
  /// The rows of each class, by class; of several labels the rarest that holds is the class, and rows without any come last.
  var strata: [[Int]] {
    var byClass: [Int: [Int]] = [:]
    switch self {
    case .classes, .distributions:
      for (row, label) in labels.enumerated() { byClass[label, default: []].append(row) }
    case .labels(let rows):
      let view = rows.view
      var frequency = [Int](repeating: 0, count: rows.columns)
      for row in 0..<rows.rows {
        for column in 0..<rows.columns where view[row][column] >= 0.5 { frequency[column] += 1 }
      }
      for row in 0..<rows.rows {
        let own = (0..<rows.columns).filter { view[row][$0] >= 0.5 }
        byClass[own.min { frequency[$0] < frequency[$1] } ?? rows.columns, default: []].append(row)
      }
    }
    return byClass.sorted { $0.key < $1.key }.map(\.value)
  }
}
