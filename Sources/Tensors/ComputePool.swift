private import Glibc

/// Threads of our own for data-parallel loops over static blocks.
///
/// Why not `DispatchQueue.concurrentPerform`: training must run at a lower priority than requests, niceness is a property
/// of a thread, and Dispatch's threads are shared with whoever comes next. These threads are named "winnow-compute", lower
/// their own priority once, and sleep on a condition variable between regions: waiting costs no processor time.
///
/// Blocks depend on the count and the block size alone, never on the number of threads. A body that writes only what
/// belongs to its block therefore gives bit-identical results on any pool, and without one.
///
/// A pool is safe to use from several threads. It serves one region at a time; a caller that finds it busy (or calls it
/// from inside a region) computes its blocks itself, so that nobody waits for somebody else's long loop.
public final class ComputePool: Sendable {
  /// The number of threads that work on a region, the caller among them.
  public let threads: Int
  private let team: ComputeTeam

  /// All processors, with threads of niceness 10: for work behind the back of requests.
  public static let shared = ComputePool(threads: processorCount, niceness: 10)

  /// The number of processors that this process may run on.
  public static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Starts `threads - 1` threads; the caller of a region is the remaining one and keeps its own priority.
  ///
  /// - Parameter niceness: of the pool's own threads, 0 (usual) to 19; see ``ComputeThread/setNiceness(_:)``.
  public init(threads: Int, niceness: Int32 = 0) {
    self.threads = max(1, threads)
    team = ComputeTeam()
    for _ in 1..<self.threads { team.startWorker(niceness: niceness) }
  }

  /// Tells the threads to end; they hold the team's state, not the pool.
  deinit { team.stop() }

  /// Calls `body` once for each block of `blockSize` consecutive indices in `0..<count` (the last block may be shorter).
  ///
  /// Returns when all blocks are done. Blocks run in any order and at the same time; `body` must write only what belongs
  /// to its block. Costs a few microseconds to wake the threads: blocks of less than ~20 µs are not worth it.
  public func forEachBlock(of count: Int, blockSize: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let region = ComputeRegion(count: count, blockSize: blockSize)
    if threads == 1 || region.blocks < 2 || !team.run(region, body) { region.runAlone(body) }
  }
}

/// How `0..<count` is cut to blocks.
struct ComputeRegion: Sendable {
  let count: Int
  let blockSize: Int
  let blocks: Int

  init(count: Int, blockSize: Int) {
    precondition(blockSize > 0 && count >= 0, "\(count) items in blocks of \(blockSize)")
    self.count = count
    self.blockSize = blockSize
    blocks = (count + blockSize - 1) / blockSize
  }

  func range(ofBlock block: Int) -> Range<Int> {
    block * blockSize..<min(count, (block + 1) * blockSize)
  }

  func runAlone(_ body: (Range<Int>) -> Void) {
    for block in 0..<blocks { body(range(ofBlock: block)) }
  }
}

/// Runs `body` over blocks on `pool`, or on the calling thread where there is none.
package func forEachBlock(
  of count: Int, blockSize: Int, on pool: ComputePool?, _ body: @Sendable (Range<Int>) -> Void
) {
  if let pool {
    pool.forEachBlock(of: count, blockSize: blockSize, body)
  } else {
    ComputeRegion(count: count, blockSize: blockSize).runAlone(body)
  }
}
