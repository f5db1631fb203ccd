import Synchronization
import Tensors

/// Runs `count` independent trainings, one on each free thread of the pool, and returns their results in order.
///
/// A job must not use the pool itself. When one fails those that have not begun are left out, and the error of the first
/// in order that failed is thrown; where `isCancelled` turns true, that is ``LearningError/cancelled``.
func parallelTrainings<Result: Sendable>(
  _ count: Int, on pool: ComputePool?, isCancelled: @Sendable () -> Bool,
  _ job: @Sendable (Int) throws(LearningError) -> Result
) throws(LearningError) -> [Result] {
  let outcomes = Mutex<[Int: Swift.Result<Result, LearningError>]>([:])
  let isStopped = Atomic<Bool>(false)
  forEachBlock(of: count, blockSize: 1, on: pool) { block in
    for index in block where !isStopped.load(ordering: .relaxed) {
      let outcome: Swift.Result<Result, LearningError>
      do throws(LearningError) {
        if isCancelled() { throw .cancelled }
        outcome = .success(try job(index))
      } catch {
        outcome = .failure(error)
        isStopped.store(true, ordering: .relaxed)
      }
      outcomes.withLock { $0[index] = outcome }
    }
  }
  let finished = outcomes.withLock { $0 }
  for index in 0..<count { if case .failure(let error)? = finished[index] { throw error } }
  var results: [Result] = []
  for index in 0..<count {
    guard let outcome = finished[index] else { throw .cancelled }
    results.append(try outcome.get())
  }
  return results
}

/// A seed for part `index` of something that has `seed`; part 0 keeps it.
func derivedSeed(_ seed: UInt64, part index: Int) -> UInt64 {
  if index == 0 { return seed }
  var generator = SeededGenerator(seed: seed, stream: 0x9A27_0000 &+ UInt64(index))
  return generator.next()
}
