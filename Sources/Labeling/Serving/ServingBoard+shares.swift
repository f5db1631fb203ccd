import Domain
import Tensors

/// Leases that somebody was ever given, and those of the evaluation stream and to ask again among them.
struct ServedShare: Equatable, Sendable {
  var all = 0
  var evaluation = 0
  var again = 0

  static func + (left: ServedShare, right: ServedShare) -> ServedShare {
    ServedShare(
      all: left.all + right.all, evaluation: left.evaluation + right.evaluation, again: left.again + right.again)
  }
}

extension ServingBoard {
  /// Leases given to all together.
  var served: ServedShare { shares.values.reduce(ServedShare(), +) }

  /// Whether an annotator's share of the evaluation stream has fallen behind.
  ///
  /// Each has a share of their own, so that nobody gets all of it, however people's questions follow each other.
  func evaluationIsDue(for annotator: UserID) -> Bool {
    let share = shares[annotator, default: ServedShare()]
    return isDue(
      share.evaluation, of: share.all, fraction: project.settings.evaluationFraction, stream: 0xE7A1, annotator)
  }

  /// Whether an annotator's share of items that are asked again has fallen behind.
  func againIsDue(for annotator: UserID) -> Bool {
    let settings = project.settings.askAgain
    guard settings.enabled, !again.entries.isEmpty else { return false }
    let share = shares[annotator, default: ServedShare()]
    return isDue(share.again, of: share.all, fraction: settings.fraction, stream: 0xA6A1, annotator)
  }

  /// Systematic sampling: one in `1 / fraction`, with a phase from the seed and the annotator.
  private func isDue(_ part: Int, of all: Int, fraction: Double, stream: UInt64, _ annotator: UserID) -> Bool {
    var phase = SeededGenerator(
      seed: project.settings.seed, stream: stream ^ UInt64(bitPattern: annotator.rawValue) << 16)
    return Double(part) + 1 <= (Double(all) + 1) * fraction + Double(phase.uniform())
  }
}
