private import Glibc

/// How the learning rate changes in the course of training: a factor of the configured rate.
///
/// Schedules are functions of the mini-batch steps done, given in epochs (`1.5` is half-way through the second).
public indirect enum LearningRateSchedule: Codable, Sendable, Equatable {
  /// The configured rate throughout.
  case constant
  /// Times `factor` after every `epochs` epochs.
  case step(epochs: Int, factor: Float)
  /// Half a cosine from 1 down to `floor` at the end of training (Loshchilov and Hutter, 2017, without restarts).
  case cosine(floor: Float = 0)
  /// Up and down in straight lines between `floor` and 1, `period` epochs for both (Smith, 2017).
  case cyclic(period: Float, floor: Float = 0.1)
  /// Times `factor` when the watched loss has not improved for `patience` epochs.
  ///
  /// The loss is that on the held-out rows, or the training loss where there are none. A loss counts as better from a
  /// share of `threshold` less on.
  case plateau(patience: Int = 5, factor: Float = 0.5, threshold: Float = 1e-4)
  /// A straight line from near 0 to 1 over the first `epochs` epochs, then 1 (Goyal et al., 2017).
  case warmUp(epochs: Float)
  /// The product of several schedules.
  case product([LearningRateSchedule])

  /// Checks that every number is in its range.
  func validate() throws(LearningError) {
    switch self {
    case .constant: break
    case .step(let epochs, let factor):
      if epochs < 1 || !(factor > 0 && factor.isFinite) {
        throw .invalidConfiguration("a step schedule needs at least one epoch and a factor above 0")
      }
    case .cosine(let floor):
      if !(floor >= 0 && floor <= 1) { throw .invalidConfiguration("the schedule's floor \(floor) is not in 0...1") }
    case .cyclic(let period, let floor):
      if !(period > 0 && period.isFinite) || !(floor >= 0 && floor <= 1) {
        throw .invalidConfiguration("a cyclic schedule needs a period above 0 and a floor in 0...1")
      }
    case .plateau(let patience, let factor, let threshold):
      if patience < 0 || !(factor > 0 && factor <= 1) || !(threshold >= 0 && threshold < 1) {
        throw .invalidConfiguration("a plateau schedule needs a factor in 0...1, a threshold in 0..<1 and a patience")
      }
    case .warmUp(let epochs):
      if !(epochs >= 0 && epochs.isFinite) { throw .invalidConfiguration("a warm-up cannot last \(epochs) epochs") }
    case .product(let parts):
      for part in parts { try part.validate() }
    }
  }
}

/// A schedule under way, with what its parts have to remember.
struct LearningRateCourse {
  private let schedule: LearningRateSchedule
  private let stepsPerEpoch: Int
  private let totalSteps: Int
  /// The parts that watch the loss, in the order of the schedule.
  private var plateaus: [Plateau]

  private struct Plateau {
    let patience: Int
    let reduction: Float
    let threshold: Float
    var factor: Float = 1
    var best = Double.infinity
    var waited = 0

    mutating func epochEnded(loss: Double) {
      if loss < best * (1 - Double(threshold)) {
        (best, waited) = (loss, 0)
      } else {
        waited += 1
        if waited > patience { (factor, waited) = (factor * reduction, 0) }
      }
    }
  }

  init(_ schedule: LearningRateSchedule, stepsPerEpoch: Int, epochs: Int) {
    self.schedule = schedule
    self.stepsPerEpoch = max(1, stepsPerEpoch)
    totalSteps = max(1, stepsPerEpoch * epochs)
    plateaus = []
    collectPlateaus(schedule)
  }

  private mutating func collectPlateaus(_ schedule: LearningRateSchedule) {
    switch schedule {
    case .plateau(let patience, let factor, let threshold):
      plateaus.append(Plateau(patience: patience, reduction: factor, threshold: threshold))
    case .product(let parts): for part in parts { collectPlateaus(part) }
    default: break
    }
  }

  /// The factor of the learning rate for the step after `steps` steps.
  func factor(afterSteps steps: Int) -> Float {
    plateaus.reduce(factor(schedule, steps)) { $0 * $1.factor }
  }

  /// Tells the parts that watch it the loss of an epoch.
  mutating func epochEnded(loss: Double) {
    for index in plateaus.indices { plateaus[index].epochEnded(loss: loss) }
  }

  private func factor(_ schedule: LearningRateSchedule, _ steps: Int) -> Float {
    switch schedule {
    case .constant, .plateau: return 1
    case .step(let epochs, let factor): return pow(factor, Float(steps / stepsPerEpoch / epochs))
    case .cosine(let floor):
      let course = Double(min(steps, totalSteps)) / Double(totalSteps)
      return floor + (1 - floor) * Float(0.5 * (1 + cos(Double.pi * course)))
    case .cyclic(let period, let floor):
      let position = Float(Double(steps) / Double(stepsPerEpoch)) / period
      let phase = position - position.rounded(.down)
      return floor + (1 - floor) * (1 - abs(2 * phase - 1))
    case .warmUp(let epochs):
      let length = epochs * Float(stepsPerEpoch)
      return min(1, Float(steps + 1) / max(1, length))
    case .product(let parts): return parts.reduce(1) { $0 * factor($1, steps) }
    }
  }
}
