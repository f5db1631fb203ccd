/// Probabilities of a committee for a set of items, laid out `(t, n, c)`.
///
/// Members are networks of an ensemble, passes with dropout on, or views of an item under augmentation. `t = 1` is a
/// single model.
public struct CommitteePredictions: Sendable {
  /// Number of members or passes, `t`.
  public let members: Int
  /// Number of items, `n`.
  public let items: Int
  /// Number of classes, `c`.
  public let classes: Int
  /// All probabilities: member after member, within it item after item.
  public let values: [Float]

  /// Creates predictions from `members * items * classes` probabilities.
  public init(members: Int, items: Int, classes: Int, values: [Float]) {
    precondition(members >= 0 && items >= 0 && classes >= 0, "A committee cannot have a negative shape")
    precondition(
      values.count == members * items * classes,
      "\(values.count) probabilities cannot fill \(members) x \(items) x \(classes)")
    self.members = members
    self.items = items
    self.classes = classes
    self.values = values
  }

  /// Treats the `(n, c)` probabilities of one model as a committee of one.
  public init(_ probabilities: Matrix) {
    self.init(
      members: 1, items: probabilities.rows, classes: probabilities.columns, values: probabilities.values)
  }

  /// The mean over members, `(n, c)`.
  ///
  /// Members are added in order, so that the result is the same whatever computed them. O(t·n·c).
  public func mean() -> Matrix {
    var result = Matrix(rows: items, columns: classes)
    guard members > 0 else { return result }
    let count = items * classes
    let scale = 1 / Float(members)
    result.withUnsafeMutableBufferPointer { sum in
      values.withUnsafeBufferPointer { all in
        for member in 0..<members {
          let start = member &* count
          for index in 0..<count { sum[index] += all[start &+ index] }
        }
      }
      for index in 0..<count { sum[index] *= scale }
    }
    return result
  }
}
