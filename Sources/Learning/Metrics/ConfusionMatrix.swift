public import Tensors

/// How often items of one class were predicted as another.
public struct ConfusionMatrix: Codable, Sendable, Equatable {
  /// Number of classes, `c`.
  public let classes: Int
  /// Items by true class, then by predicted class, `(c, c)`.
  public let counts: [Int]

  /// A pair of classes that are taken for each other.
  public struct Confusion: Codable, Sendable, Equatable {
    /// The true class.
    public let truth: Int
    /// The class that was predicted instead.
    public let predicted: Int
    /// How many items.
    public let count: Int
  }

  /// Counts the most probable classes of rows `(n, c)` by true classes `(n)`.
  ///
  /// Nil under the conditions of ``reliabilityDiagram(_:labels:bins:)``. O(n·c + c²).
  public init?(probabilities: MatrixView, labels: [Int]) {
    guard judges(probabilities, labels) else { return nil }
    self.init(predicted: mostProbable(probabilities), labels: labels, classes: probabilities.columns)
  }

  /// Counts predicted by true classes; nil where counts differ or a class is not in `0..<classes`.
  public init?(predicted: [Int], labels: [Int], classes: Int) {
    let inRange = 0..<max(0, classes)
    guard predicted.count == labels.count, predicted.allSatisfy(inRange.contains), labels.allSatisfy(inRange.contains)
    else { return nil }
    var counts = [Int](repeating: 0, count: classes * classes)
    for (guess, label) in zip(predicted, labels) { counts[label * classes + guess] += 1 }
    self.classes = classes
    self.counts = counts
  }

  /// Items of class `truth` that were predicted as `predicted`.
  public subscript(truth: Int, predicted: Int) -> Int { counts[truth * classes + predicted] }

  /// The most frequent mistakes, at most `limit`; equal ones by true, then by predicted class.
  public func confusions(limit: Int) -> [Confusion] {
    let all = counts.indices.filter { $0 / classes != $0 % classes && counts[$0] > 0 }
      .sorted { counts[$0] == counts[$1] ? $0 < $1 : counts[$0] > counts[$1] }
    return all.prefix(max(0, limit)).map {
      Confusion(truth: $0 / classes, predicted: $0 % classes, count: counts[$0])
    }
  }
}
