import Foundation
import Tensors
import Testing

@Suite struct VectorKernelTests {
  func mapped(_ values: [Float], _ kernel: (UnsafeMutableBufferPointer<Float>) -> Void) -> [Float] {
    var values = values
    values.withUnsafeMutableBufferPointer { kernel($0) }
    return values
  }

  @Test("The exponential is within 1.5e-7 of the C library's over its range")
  func exponential() {
    let xs = (0...200_000).map { Float(-87.3 + Double($0) * 176.0 / 200_000) }
    let worst = zip(xs, mapped(xs, expInPlace)).map { x, y in abs(Double(y) / exp(Double(x)) - 1) }.max() ?? .infinity
    #expect(worst < 1.5e-7)
    let edges = mapped([-100, 89, .infinity, -.infinity, 0, .nan], expInPlace)
    #expect(edges[0...4] == [0, .infinity, .infinity, 0, 1])
    #expect(edges[5].isNaN)
  }

  @Test("The logarithm is within 1.5e-7 of the C library's, subnormals included")
  func logarithm() {
    var generator = SeededGenerator(seed: 3)
    let bits = (0..<200_000).map { _ in UInt32(generator.index(below: 0x7F80_0000)) }
    let xs = bits.map { Float(bitPattern: max(1, $0)) } + [0.999_999_9, 1.000_000_1, 0.5, 2, .leastNonzeroMagnitude]
    let worst =
      zip(xs, mapped(xs, logInPlace)).map { x, y in
        abs(Double(y) - log(Double(x))) / max(1, abs(log(Double(x))))
      }.max() ?? .infinity
    #expect(worst < 1.5e-7)
    let edges = mapped([0, .infinity, 1, -1, .nan], logInPlace)
    #expect(edges[0...2] == [-.infinity, .infinity, 0])
    #expect(edges[3].isNaN && edges[4].isNaN)
  }

  @Test(
    "Softmax agrees with the reference for narrow and wide rows", arguments: [(1, 1), (5, 3), (16, 10), (100, 130)])
  func softmax(shape: (Int, Int)) {
    var logits = GemmTests.random(shape.0, shape.1, seed: 8)
    logits.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] *= 20 } }
    let expected = referenceSoftmaxRows(logits.view)
    softmaxRows(&logits)
    let worst = zip(logits.values, expected.values).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst < 5e-7)
  }

  @Test("Softmax survives huge logits, shows NaN, and does not depend on the pool or on the neighbouring rows")
  func softmaxEdges() {
    var m = Matrix(rows: 3, columns: 2, values: [1000, 0, -1000, -1000, .nan, 0])
    softmaxRows(&m)
    #expect(m.row(0) == [1, 0])
    #expect(m.row(1) == [0.5, 0.5])
    #expect(m.row(2).allSatisfy { $0.isNaN })
    let logits = GemmTests.random(9000, 7, seed: 9)
    var alone = logits
    softmaxRows(&alone)
    var pooled = logits
    softmaxRows(&pooled, pool: ComputePool(threads: 3))
    #expect(alone == pooled)
    var part = Matrix(logits.view.rowRange(4999..<5003))
    softmaxRows(&part)
    #expect(part == Matrix(alone.view.rowRange(4999..<5003)))
  }

  @Test("Entropy agrees with the reference, and is exactly 0 for a sure row")
  func entropy() {
    var m = GemmTests.random(77, 10, seed: 10)
    softmaxRows(&m)
    let worst = zip(entropyRows(m.view), referenceEntropyRows(m.view)).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst < 2e-6)
    let edges = entropyRows(Matrix(rows: 3, columns: 2, values: [1, 0, 0.5, 0.5, .nan, 0.5]).view)
    #expect(edges[0] == 0 && edges[0].sign == .plus)
    #expect(abs(edges[1] - log(2)) < 1e-6)
    #expect(edges[2].isNaN)
  }
}
