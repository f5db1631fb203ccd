import Sampling
import Tensors

/// Committee predictions with random rows on the simplex; some rows hold zeros, some are sure.
func randomPredictions(members: Int, items: Int, classes: Int, seed: UInt64) -> CommitteePredictions {
  var generator = SeededGenerator(seed: seed)
  var values: [Float] = []
  for _ in 0..<members {
    for item in 0..<items {
      var row = (0..<classes).map { _ in generator.uniform() + 0.001 }
      if item % 7 == 3 { row[item % classes] = 0 }
      if item % 11 == 5 { row = (0..<classes).map { $0 == item % classes ? 1 : 0 } }
      let sum = row.reduce(0, +)
      values += row.map { sum > 0 ? $0 / sum : 1 / Float(classes) }
    }
  }
  return CommitteePredictions(members: members, items: items, classes: classes, values: values)
}

/// One model's predictions, a row per item.
func predictions(_ rows: [[Float]]) -> CommitteePredictions {
  CommitteePredictions(members: 1, items: rows.count, classes: rows.first?.count ?? 0, values: rows.flatMap { $0 })
}

/// A committee's predictions, a list of rows per member.
func committee(_ members: [[[Float]]]) -> CommitteePredictions {
  CommitteePredictions(
    members: members.count, items: members[0].count, classes: members[0][0].count,
    values: members.flatMap { $0.flatMap { $0 } })
}

/// The predictions for some items, in another order or again: item `i` of the result is item `order[i]`.
func permuted(_ predictions: CommitteePredictions, _ order: [Int]) -> CommitteePredictions {
  let (items, classes) = (predictions.items, predictions.classes)
  var values: [Float] = []
  for member in 0..<predictions.members {
    for item in order {
      let start = (member * items + item) * classes
      values += predictions.values[start..<start + classes]
    }
  }
  return CommitteePredictions(members: predictions.members, items: order.count, classes: classes, values: values)
}

/// Points `(clusters · perCluster, columns)` around well separated centres; point `i` belongs to cluster `i / perCluster`.
func clusteredPoints(clusters: Int, perCluster: Int, columns: Int, spread: Float, seed: UInt64) -> Matrix {
  var generator = SeededGenerator(seed: seed)
  var values: [Float] = []
  for _ in 0..<clusters {
    let center = (0..<columns).map { _ in generator.normal() * 10 }
    for _ in 0..<perCluster { values += center.map { $0 + generator.normal() * spread } }
  }
  return Matrix(rows: clusters * perCluster, columns: columns, values: values)
}

/// Normally distributed points, of which no two are near-duplicates.
func scatteredPoints(rows: Int, columns: Int, seed: UInt64) -> Matrix {
  var generator = SeededGenerator(seed: seed)
  return Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in generator.normal() })
}

/// Positions of an array in the order of falling values, ties by position.
func descendingOrder(_ values: [Float]) -> [Int] {
  values.indices.sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] > values[$1] }
}

func isClose(_ left: [Float], _ right: [Float], within tolerance: Float) -> Bool {
  left.count == right.count && zip(left, right).allSatisfy { ($0 - $1).magnitude <= tolerance }
}

/// A model whose answers are written down: predictions and hidden representations of every row.
struct WrittenModel: PoolModel {
  let predictions: CommitteePredictions
  let representations: Matrix

  func committee(of rows: [Int]) -> CommitteePredictions { permuted(predictions, rows) }
  func hidden(of rows: [Int]) -> Matrix { representations.gatherRows(rows) }
}
