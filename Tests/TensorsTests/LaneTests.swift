import CWinnowLanes
import Foundation
import Tensors
import Testing

@Suite struct LaneTests {
  static let values: [Float] = [
    0, -0.0, 1, -1, .nan, -.nan, .infinity, -.infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 88.72, 89, -87.33, -88,
  ]

  @Test("Exponential and logarithm are right in every special case, in every lane")
  func specialCases() {
    for shift in 0..<16 {
      var x = SIMD16<Float>()
      for lane in 0..<16 { x[lane] = Self.values[(lane + shift) % 16] }
      let (power, logarithm) = (vectorExp(x), vectorLog(x))
      for lane in 0..<16 {
        let value = x[lane]
        let plain = value < -87.33 ? 0 : value > 88.72 ? .infinity : exp(value)
        #expect(Self.agree(power[lane], plain), "exp(\(value))")
        #expect(Self.agree(logarithm[lane], value < 0 ? .nan : log(value)), "log(\(value))")
      }
    }
  }

  private static func agree(_ a: Float, _ b: Float) -> Bool {
    a == b || a.isNaN && b.isNaN || abs(a - b) <= 3e-7 * max(1, abs(b))
  }

  @Test("The larger lane is chosen, and a row with NaN shows it in its softmax")
  func maximum() {
    let a = SIMD16<Float>(repeating: 2)
    var b = SIMD16<Float>(repeating: 1)
    b[3] = 5
    b[4] = -.infinity
    let larger = winnow_larger(a, b)
    #expect(larger[0] == 2 && larger[3] == 5 && larger[4] == 2)
    for (first, second) in [(Float.nan, Float(1)), (1, .nan), (-.nan, 1), (1, -.nan), (.infinity, 1)] {
      var rows = Matrix(rows: 17, columns: 2, repeating: 1)
      (rows[5, 0], rows[5, 1]) = (first, second)
      softmaxRows(&rows)
      #expect(rows[5, 0].isNaN || rows[5, 1].isNaN)
      #expect(rows[4, 0] == 0.5 && rows[16, 1] == 0.5)
    }
  }
}
