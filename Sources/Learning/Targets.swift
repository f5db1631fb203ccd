public import Tensors

/// What the rows of a labelled set are trained towards.
public enum Targets: Sendable, Equatable {
  /// One class for each row, `(m)`, each in `0..<classes`.
  case classes([Int])
  /// A distribution over the classes for each row, `(m, c)`: soft labels, rows on the simplex.
  case distributions(Matrix)
  /// Independent labels of each row, `(m, c)` of values in `0...1`: multi-label, any number of ones in a row.
  case labels(Matrix)

  /// The number of rows, `m`.
  public var count: Int {
    switch self {
    case .classes(let labels): labels.count
    case .distributions(let rows), .labels(let rows): rows.rows
    }
  }

  /// What a model that is trained on these targets puts out: a distribution, or independent probabilities.
  public var outputKind: OutputKind {
    if case .labels = self { .sigmoid } else { .softmax }
  }

  /// The targets of the rows at `indices`, in that order, repetitions included.
  public func subset(_ indices: [Int]) -> Targets {
    switch self {
    case .classes(let labels): .classes(indices.map { labels[$0] })
    case .distributions(let rows): .distributions(rows.gatherRows(indices))
    case .labels(let rows): .labels(rows.gatherRows(indices))
    }
  }

  /// The class of every row, `(m)`: of a soft label or several labels the one of the highest value, the first of equals.
  public var labels: [Int] {
    switch self {
    case .classes(let labels): labels
    case .distributions(let rows), .labels(let rows):
      (0..<rows.rows).map { index in
        let row = rows.view[index]
        return row.indices.max { row[$0] < row[$1] || row[$0] == row[$1] && $0 > $1 } ?? 0
      }
    }
  }

  /// Checks that every target fits `classes`.
  func validate(classes: Int) throws(LearningError) {
    switch self {
    case .classes(let labels):
      for (row, label) in labels.enumerated() where label < 0 || label >= classes {
        throw .labelOutOfRange(row: row, label: label, classes: classes)
      }
    case .distributions(let rows):
      if rows.columns != classes { throw .targetWidth(expected: classes, actual: rows.columns) }
      for index in 0..<rows.rows {
        let row = rows.view[index]
        // Written so that NaN is refused too.
        let fits = row.allSatisfy { $0 >= 0 } && abs(row.reduce(0, +) - 1) <= 1e-3
        if !fits { throw .notADistribution(row: index) }
      }
    case .labels(let rows):
      if rows.columns != classes { throw .targetWidth(expected: classes, actual: rows.columns) }
      for index in 0..<rows.rows where !rows.view[index].allSatisfy({ $0 >= 0 && $0 <= 1 }) {
        throw .labelValueOutOfRange(row: index)
      }
    }
  }
}

/// How a model's last layer becomes probabilities.
public enum OutputKind: String, Codable, Sendable {
  /// A softmax over the classes: exactly one of them holds, rows sum to 1.
  case softmax
  /// A sigmoid for each class: any number of them holds (multi-label), rows sum to anything.
  case sigmoid
}
