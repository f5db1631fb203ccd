/// Why curves or their figures could not be made.
public enum CurveError: Error, Equatable, Sendable {
  /// The value at `index` is NaN or infinite.
  case notFinite(index: Int)
  /// Two lists that belong together in pairs differ in length.
  case countMismatch(first: Int, second: Int)
  /// There are fewer points or pairs than the method needs.
  case tooFew(needed: Int, actual: Int, of: String)
  /// A setting lies outside of its range.
  case invalid(String)
}

extension CurveError: CustomStringConvertible {
  /// What went wrong, where, and what to do about it.
  public var description: String {
    switch self {
    case .notFinite(let index): "Value \(index) is NaN or infinite; leave it out or measure it again."
    case .countMismatch(let first, let second):
      "Pairs are needed, but there are \(first) values on one side and \(second) on the other."
    case .tooFew(let needed, let actual, let kind): "\(needed) \(kind) are needed at least, but there are \(actual)."
    case .invalid(let reason): "The comparison cannot be made: \(reason)."
    }
  }
}
