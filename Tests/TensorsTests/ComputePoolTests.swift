import Foundation
import Synchronization
import Tensors
import Testing

@Suite struct ComputePoolTests {
  @Test("Every index is visited once, whatever the block size and the number of threads", arguments: 1...4)
  func coversEverything(threads: Int) {
    let pool = ComputePool(threads: threads)
    for (count, blockSize) in [(0, 3), (1, 3), (10, 3), (1000, 1), (999, 1000)] {
      let seen = Mutex([Int](repeating: 0, count: count))
      pool.forEachBlock(of: count, blockSize: blockSize) { range in
        #expect(range.count <= blockSize)
        seen.withLock { for index in range { $0[index] += 1 } }
      }
      #expect(seen.withLock { $0.allSatisfy { $0 == 1 } })
    }
  }

  @Test("A region inside a region, and regions from many threads at once, complete")
  func nestedAndConcurrent() {
    let pool = ComputePool(threads: 3)
    let total = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<200 {
        pool.forEachBlock(of: 8, blockSize: 2) { outer in
          pool.forEachBlock(of: outer.count, blockSize: 1) { total.add($0.count, ordering: .relaxed) }
        }
      }
    }
    #expect(total.load(ordering: .relaxed) == 8 * 200 * 8)
  }

  @Test("The pool's threads carry their name and niceness; the caller keeps its own")
  func nameAndNiceness() throws {
    let pool = ComputePool(threads: 3, niceness: 7)
    let before = ComputeThread.niceness
    let seen = Mutex<Set<Int32>>([])
    // Blocks wait for one another, so that the pool's threads have to join the caller.
    let arrived = Atomic<Int>(0)
    pool.forEachBlock(of: 3, blockSize: 1) { _ in
      arrived.add(1, ordering: .relaxed)
      while arrived.load(ordering: .relaxed) < 3 { usleep(100) }
      seen.withLock { _ = $0.insert(ComputeThread.niceness) }
    }
    #expect(seen.withLock { $0 } == [before, max(before, 7)])
    let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
    let names = tasks.compactMap { try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8) }
    #expect(names.contains("winnow-compute\n"))
  }
}
