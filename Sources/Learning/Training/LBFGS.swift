import Tensors

/// Minimises a smooth function by limited-memory BFGS with backtracking line search.
///
/// Two-loop recursion (Nocedal, 1980; Liu and Nocedal, 1989); a step is accepted where it meets Armijo's condition, at
/// full length nearly always. A pair whose curvature is not positive is left out, so that every direction descends.
struct LBFGS {
  let history: Int
  let iterations: Int
  /// Ends where no component of the gradient is larger.
  let tolerance: Float

  /// What a minimisation reached.
  struct Result {
    var loss: Double
    var iterations: Int
    var evaluations: Int
  }

  /// - Parameters:
  ///   - x: where to begin, and the minimum found `(n)`.
  ///   - evaluate: computes the value at its first argument and writes the gradient to its second.
  ///   - eachIteration: called with the iteration, from 1, the point and its value; false ends the search.
  func minimise(
    _ x: UnsafeMutableBufferPointer<Float>,
    evaluate: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Double,
    eachIteration: (Int, UnsafePointer<Float>, Double) -> Bool
  ) -> Result {
    let n = x.count
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: max(1, n * (4 + 2 * history)))
    memory.initialize(repeating: 0, count: max(1, n * (4 + 2 * history)))
    defer { memory.deallocate() }
    guard let point = x.baseAddress, n > 0 else { return Result(loss: 0, iterations: 0, evaluations: 0) }
    var (gradient, next, nextGradient, direction) = (memory, memory + n, memory + 2 * n, memory + 3 * n)
    var pairs: [Pair] = []
    func slot(_ index: Int) -> UnsafeMutablePointer<Float> { memory + (4 + 2 * (index % history)) * n }

    var result = Result(loss: evaluate(point, gradient), iterations: 0, evaluations: 1)
    var stored = 0
    while result.iterations < iterations, result.loss.isFinite, largest(gradient, n) > tolerance {
      descend(pairs, gradient, into: direction, n)
      var slope = product(gradient, direction, n)
      if slope >= 0 {
        // Rounding has spoilt the pairs: begin again along the gradient.
        pairs.removeAll()
        descend(pairs, gradient, into: direction, n)
        slope = product(gradient, direction, n)
      }
      var length = pairs.isEmpty ? min(1, 1 / product(gradient, gradient, n).squareRoot()) : 1
      var loss = Double.infinity
      var accepted = false
      for _ in 0..<30 {
        let step = Float(length)
        for index in 0..<n { next[index] = point[index] + step * direction[index] }
        loss = evaluate(next, nextGradient)
        result.evaluations += 1
        accepted = loss <= result.loss + 1e-4 * length * slope
        if accepted { break }
        // The minimum of the parabola through both values and the slope, kept within a tenth and a half.
        let fitted = -slope * length * length / (2 * (loss - result.loss - slope * length))
        length = fitted.isFinite ? min(0.5 * length, max(0.1 * length, fitted)) : 0.1 * length
      }
      guard accepted else { break }
      let (s, y) = (slot(stored), slot(stored) + n)
      if pairs.count == history { pairs.removeFirst() }
      for index in 0..<n {
        s[index] = next[index] - point[index]
        y[index] = nextGradient[index] - gradient[index]
      }
      let curvature = product(s, y, n)
      if curvature > 1e-10 * product(y, y, n) {
        pairs.append(Pair(s: s, y: y, curvature: curvature))
        stored += 1
      }
      point.update(from: next, count: n)
      swap(&gradient, &nextGradient)
      result.loss = loss
      result.iterations += 1
      if !eachIteration(result.iterations, point, loss) { break }
    }
    return result
  }

  /// A step and the change of the gradient along it.
  private struct Pair {
    let s: UnsafeMutablePointer<Float>
    let y: UnsafeMutablePointer<Float>
    let curvature: Double
  }

  /// The direction `-H g`, where `H` is the inverse Hessian that the pairs imply.
  private func descend(
    _ pairs: [Pair], _ gradient: UnsafePointer<Float>, into direction: UnsafeMutablePointer<Float>, _ n: Int
  ) {
    for index in 0..<n { direction[index] = -gradient[index] }
    var shares: [Double] = []
    for pair in pairs.reversed() {
      let share = product(pair.s, direction, n) / pair.curvature
      shares.append(share)
      add(-share, pair.y, to: direction, n)
    }
    if let last = pairs.last {
      let scale = Float(last.curvature / product(last.y, last.y, n))
      for index in 0..<n { direction[index] *= scale }
    }
    for (pair, share) in zip(pairs, shares.reversed()) {
      add(share - product(pair.y, direction, n) / pair.curvature, pair.s, to: direction, n)
    }
  }

  private func add(_ factor: Double, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ n: Int) {
    let factor = Float(factor)
    for index in 0..<n { y[index] += factor * x[index] }
  }

  private func product(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ n: Int) -> Double {
    Double(dotProduct(UnsafeBufferPointer(start: a, count: n), UnsafeBufferPointer(start: b, count: n)))
  }

  private func largest(_ values: UnsafePointer<Float>, _ n: Int) -> Float {
    var result: Float = 0
    for index in 0..<n where abs(values[index]) > result { result = abs(values[index]) }
    return result
  }
}
