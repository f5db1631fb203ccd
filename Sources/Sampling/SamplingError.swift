/// What a query strategy or a stream manager refuses, with where it happened and what to do about it.
public enum SamplingError: Error, Equatable, Sendable {
  /// A row of probabilities holds NaN, a negative value, or sums to something other than 1 (± 1e-3).
  ///
  /// `row` counts from the start of the block that was scored, `member` is the committee member it came from.
  case notADistribution(row: Int, member: Int, sum: Float)
  /// An independent probability of a label is NaN or lies outside `0...1`; rows and members as above.
  case notAProbability(row: Int, member: Int, label: Int, value: Float)
  /// A utility handed to the selection is NaN or infinite; `row` is the candidate's row.
  case notFinite(row: Int)
  /// Two arrays that describe the same candidates differ in length, or a row points outside the features.
  case shapeMismatch(what: String, expected: Int, found: Int)
  /// A batch of negative size was asked for.
  case negativeBatch(Int)
  /// No strategy goes by this name.
  case unknownStrategy(name: String, known: [String])
  /// The strategy has no parameter of this name.
  case unknownParameter(strategy: String, name: String, known: [String])
  /// A parameter lies outside its range, is NaN, or is fractional where a whole number is needed.
  case parameterOutOfRange(strategy: String, name: String, value: Double, minimum: Double, maximum: Double)
  /// A labelling budget lies outside `0...1`.
  case budgetOutOfRange(Double)
  /// A stream decision was made on an earlier state than the one it is committed to.
  case staleDecision(decidedAt: Int, stateIsAt: Int)
}

extension SamplingError: CustomStringConvertible {
  /// One sentence for a person: what is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .notADistribution(let row, let member, let sum):
      "Row \(row) of committee member \(member) is not a probability distribution: its values must be at least 0 and sum to 1"
        + " (± 0.001), but they sum to \(sum). Check the model's output for that item."
    case .notAProbability(let row, let member, let label, let value):
      "Label \(label) in row \(row) of committee member \(member) has the probability \(value); it must lie in 0...1."
        + " Check the model's output for that item."
    case .notFinite(let row):
      "The utility of row \(row) is not a finite number. Score that item again before selecting."
    case .shapeMismatch(let what, let expected, let found):
      "Expected \(expected) for \(what), found \(found). Pass arrays that describe the same candidates."
    case .negativeBatch(let size):
      "A batch of \(size) items was asked for; ask for 0 or more."
    case .unknownStrategy(let name, let known):
      "There is no strategy named \"\(name)\". Choose one of: \(known.joined(separator: ", "))."
    case .unknownParameter(let strategy, let name, let known):
      "Strategy \"\(strategy)\" has no parameter \"\(name)\". "
        + (known.isEmpty ? "It takes none." : "It takes: \(known.joined(separator: ", ")).")
    case .parameterOutOfRange(let strategy, let name, let value, let minimum, let maximum):
      "Parameter \"\(name)\" of strategy \"\(strategy)\" is \(value); it must lie in \(minimum)...\(maximum)"
        + " (a whole number where its type is integer)."
    case .budgetOutOfRange(let budget):
      "A budget of \(budget) was given; it is the share of the stream that may be asked and must lie in 0...1."
    case .staleDecision(let decidedAt, let stateIsAt):
      "The decision was made after \(decidedAt) items, but the state has seen \(stateIsAt). Decide again on the current state."
    }
  }
}
