import Tensors

/// The rows of each epoch, in the order in which they are learned.
struct EpochOrder {
  private var generator: SeededGenerator
  private var order: [Int]
  /// Under a curriculum all rows, first those that come first.
  private let ranked: [Int]
  private let pacing: CurriculumPacing?

  /// - Parameter rows: places in the caller's set of the rows that are trained on; `order`'s difficulties are for that.
  init(_ trainingOrder: TrainingOrder, rows: [Int], seed: UInt64) {
    generator = SeededGenerator(seed: seed, stream: RandomStream.order.rawValue)
    order = Array(rows.indices)
    switch trainingOrder {
    case .shuffled: (ranked, pacing) = ([], nil)
    case .curriculum(let difficulty, let pacing):
      let sign: Float = pacing.hardFirst ? -1 : 1
      ranked = rows.indices.sorted {
        let (left, right) = (sign * difficulty[rows[$0]], sign * difficulty[rows[$1]])
        return left == right ? $0 < $1 : left < right
      }
      self.pacing = pacing
    }
  }

  /// The rows of `epoch`, from 1.
  mutating func rows(epoch: Int, of epochs: Int) -> [Int] {
    if let pacing { order = Array(ranked[..<pacing.rows(ranked.count, epoch: epoch, of: epochs)]) }
    generator.shuffle(&order)
    return order
  }
}
