import Tensors

extension Benchmark {
  /// What this machine can do at most: matrix products out of the cache, and reading memory.
  ///
  /// `product_rate` is in operations a processor second, best of several shapes and runs; `read_rate` in bytes a processor
  /// second over the features, where they are larger than the caches. `scoring_operations` is what scoring the pool with
  /// `passes` dropout passes needs at least: the product before the dropout once, the one behind it for every pass.
  func limits() -> BenchmarkResult {
    let hidden = 128
    let (n, d) = (pool.features.rows, pool.features.columns)
    let shapes = [(256, 128, 384), (512, 128, 384), (512, 256, 384), (passes * pool.classes, 256, hidden)]
    var best = 0.0
    for shape in shapes { best = max(best, productRate(shape)) }
    let first = 2 * Double(n) * Double(d) * Double(hidden)
    let second = 2 * Double(n) * Double(hidden) * Double(passes * pool.classes)
    let reads = (0..<3).map { _ in ResourceUse.measure { readAll() }.cpu }
    let seconds = (first + second) / best
    return BenchmarkResult(
      workload: "limits", runs: [ResourceUse(cpu: seconds, wall: seconds / Double(ComputePool.shared.threads))],
      peakMemory: ResourceUse.peakMemory,
      figures: [
        "product_rate": best, "read_rate": Double(4 * n * d) / (reads.min() ?? 1),
        "scoring_operations": first + second, "scoring_limit_seconds": seconds,
        "first_product_seconds": first / best,
      ])
  }

  /// Operations a second of `(m, k)` by `(k, n)` products on all threads, each on operands of its own that stay in its cache.
  private func productRate(_ shape: (m: Int, n: Int, k: Int)) -> Double {
    let threads = ComputePool.shared.threads
    let a = Matrix(rows: shape.m * threads, columns: shape.k, repeating: 0.5)
    let b = Matrix(rows: shape.k, columns: shape.n, repeating: 0.25)
    let (left, right) = (a.view, b.view)
    // Long enough that what the kernel has not yet booked of other threads' time does not count.
    let repetitions = 800
    let seconds = (0..<3).map { _ in
      ResourceUse.measure {
        ComputePool.shared.forEachBlock(of: threads, blockSize: 1) { range in
          var c = Matrix(rows: shape.m, columns: shape.n)
          let block = left.rowRange(range.lowerBound * shape.m..<(range.lowerBound + 1) * shape.m)
          for _ in 0..<repetitions { gemm(block, right, into: &c) }
        }
      }.cpu
    }
    let operations = 2 * Double(shape.m * shape.n * shape.k * threads * repetitions)
    return operations / (seconds.min() ?? .infinity)
  }

  /// Reads every feature once.
  private func readAll() {
    let features = pool.features.view
    var sums = Matrix(rows: 1, columns: (features.rows + 1023) / 1024)
    sums.withUnsafeMutableBufferPointer { sums in
      nonisolated(unsafe) let sums = sums  // Blocks write disjoint elements.
      ComputePool.shared.forEachBlock(of: features.rows, blockSize: 1024) { rows in
        let block = features.rowRange(rows)
        var sum = SIMD16<Float>(repeating: 0)
        let raw = UnsafeRawPointer(block.base)
        for start in stride(from: 0, to: block.rows * block.columns & ~15, by: 16) {
          sum += raw.loadUnaligned(fromByteOffset: 4 * start, as: SIMD16<Float>.self)
        }
        sums[rows.lowerBound / 1024] = sum.sum()
      }
    }
  }
}
