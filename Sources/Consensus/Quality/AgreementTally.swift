/// How often each annotator agrees with the others on the same items, counted item by item.
///
/// For projects whose opinions are read one item after another: memory is that of the annotators.
public struct AgreementTally: Sendable {
  private var same: [Int: Int] = [:]
  private var compared: [Int: Int] = [:]

  /// Nothing yet.
  public init() {}

  /// Counts the opinions on one item.
  ///
  /// - Complexity: O(opinions²), of which an item has few.
  public mutating func add(_ opinions: [(annotator: Int, label: Int)]) {
    guard opinions.count > 1 else { return }
    for opinion in opinions {
      let alike = opinions.count { $0.label == opinion.label } - 1
      same[opinion.annotator, default: 0] += alike
      compared[opinion.annotator, default: 0] += opinions.count - 1
    }
  }

  /// Share of same labels among an annotator's comparisons with everybody else; `nil` without any.
  public func share(of annotator: Int) -> Double? {
    compared[annotator].map { Double(same[annotator, default: 0]) / Double($0) }
  }
}
