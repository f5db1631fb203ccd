/// Probabilities of a committee for a set of items, `(t, n, c)`.
///
/// Members are networks of an ensemble, passes with dropout on, or views of an item under augmentation. `t = 1` is a
/// single model. Memory is laid out item after item, or, as models compute many passes, class after class: then sixteen
/// items are one vector, and what is computed over a committee costs a fraction.
public struct CommitteePredictions: Sendable {
  /// How the probabilities of one member lie in memory.
  public enum Layout: Sendable {
    /// `(t, n, c)`: the classes of an item side by side.
    case items
    /// `(t, c, n)`: the items of a class side by side.
    case classes
  }

  /// Number of members or passes, `t`.
  public let members: Int
  /// Number of items, `n`.
  public let items: Int
  /// Number of classes, `c`.
  public let classes: Int
  /// How ``stored`` is laid out.
  public let layout: Layout
  /// All probabilities as they lie in memory.
  public let stored: [Float]

  /// Creates predictions from `members * items * classes` probabilities, laid out `(t, n, c)` unless said otherwise.
  public init(members: Int, items: Int, classes: Int, values: [Float], layout: Layout = .items) {
    precondition(members >= 0 && items >= 0 && classes >= 0, "A committee cannot have a negative shape")
    precondition(
      values.count == members * items * classes,
      "\(values.count) probabilities cannot fill \(members) x \(items) x \(classes)")
    self.members = members
    self.items = items
    self.classes = classes
    self.layout = layout
    stored = values
  }

  /// Treats the `(n, c)` probabilities of one model as a committee of one.
  public init(_ probabilities: Matrix) {
    self.init(
      members: 1, items: probabilities.rows, classes: probabilities.columns, values: probabilities.values)
  }

  /// All probabilities laid out `(t, n, c)`: member after member, within it item after item.
  ///
  /// O(1) where they are stored so, O(t·n·c) time and memory otherwise: take it once, outside of loops.
  public var values: [Float] {
    if layout == .items { return stored }
    return [Float](unsafeUninitializedCapacity: stored.count) { result, initialized in
      stored.withUnsafeBufferPointer { source in
        for member in 0..<members {
          let start = member &* items &* classes
          for label in 0..<classes {
            let column = start &+ label &* items
            for item in 0..<items { result[start &+ item &* classes &+ label] = source[column &+ item] }
          }
        }
      }
      initialized = stored.count
    }
  }

  /// The mean over members, `(n, c)`.
  ///
  /// Members are added in order, so that the result is the same whatever computed them. O(t·n·c).
  public func mean() -> Matrix {
    var sum = Matrix(rows: 1, columns: items * classes)
    guard members > 0 else { return Matrix(rows: items, columns: classes) }
    let count = items * classes
    let scale = 1 / Float(members)
    sum.withUnsafeMutableBufferPointer { sum in
      stored.withUnsafeBufferPointer { all in
        for member in 0..<members {
          let start = member &* count
          for index in 0..<count { sum[index] += all[start &+ index] }
        }
      }
      for index in 0..<count { sum[index] *= scale }
    }
    let mean = CommitteePredictions(members: 1, items: items, classes: classes, values: sum.values, layout: layout)
    return Matrix(rows: items, columns: classes, values: mean.values)
  }
}
