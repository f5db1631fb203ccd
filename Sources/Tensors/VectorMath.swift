public import CWinnowLanes

/// `e` to the power of each lane.
///
/// At most 1.2e-7 relative error; 0 below -87.33 (no subnormal results), infinity above 88.72, NaN for NaN. No branches.
///
/// Emitted into the caller: vectors are passed in registers that depend on the processor level a module is compiled for,
/// so that a call between modules of different levels would be wrong.
/// Source: the Cephes library's polynomial (Moshier), with the power of two added to the exponent bits.
@export(implementation) @inline(__always)
public func vectorExp(_ x: SIMD16<Float>) -> SIMD16<Float> {
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits of the sum.
  let magic = SIMD16<Float>(repeating: 12_582_912)
  let shifted = magic.addingProduct(x, SIMD16(repeating: 1.442_695_04))
  let n = shifted - magic
  var r = x.addingProduct(n, SIMD16(repeating: -0.693_359_375))
  r = r.addingProduct(n, SIMD16(repeating: 2.121_944_4e-4))
  var p = SIMD16<Float>(repeating: 1.987_569_15e-4)
  p = SIMD16(repeating: 1.398_199_95e-3).addingProduct(p, r)
  p = SIMD16(repeating: 8.333_451_9e-3).addingProduct(p, r)
  p = SIMD16(repeating: 4.166_579_6e-2).addingProduct(p, r)
  p = SIMD16(repeating: 1.666_666_55e-1).addingProduct(p, r)
  p = SIMD16(repeating: 0.5).addingProduct(p, r)
  let one = SIMD16<Float>(repeating: 1)
  p = (r + one).addingProduct(p, r * r)
  let exponent = unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &<< 23
  let bits = unsafeBitCast(p, to: SIMD16<UInt32>.self) &+ exponent
  var result = unsafeBitCast(bits, to: SIMD16<Float>.self)
  result = winnow_if_less(x, SIMD16(repeating: -87.33), SIMD16(repeating: 0), result)
  return winnow_if_less(SIMD16(repeating: 88.72), x, SIMD16(repeating: .infinity), result)
}

/// The natural logarithm of each lane.
///
/// At most 1.2e-7 relative or absolute error, subnormal arguments included; minus infinity for 0, NaN below it. No
/// branches. Emitted into the caller for the reason given at ``vectorExp(_:)``.
/// Source: the Cephes library's polynomial (Moshier).
@export(implementation) @inline(__always)
public func vectorLog(_ x: SIMD16<Float>) -> SIMD16<Float> {
  let (zero, least) = (SIMD16<Float>(repeating: 0), SIMD16<Float>(repeating: .leastNormalMagnitude))
  let normal = winnow_if_less(x, least, x * SIMD16(repeating: 8_388_608), x)
  let offset = winnow_if_less(x, least, SIMD16(repeating: -23), zero)
  var result = logOfNormal(normal, offset: offset)
  result = winnow_if_less(SIMD16(repeating: .greatestFiniteMagnitude), x, x, result)
  result = winnow_if_equal(x, zero, SIMD16(repeating: -.infinity), result)
  result = winnow_if_less(x, zero, SIMD16(repeating: .nan), result)
  return winnow_if_equal(x, x, result, x)
}

/// The natural logarithm of each lane, for finite arguments above 0 that are not subnormal; of others nothing is promised.
///
/// Half the work of ``vectorLog(_:)``: what logarithms of probabilities need, once zeros are raised to the least normal number.
/// `offset` is added to the binary exponent.
@export(implementation) @inline(__always)
public func logOfNormal(_ x: SIMD16<Float>, offset: SIMD16<Float> = SIMD16(repeating: 0)) -> SIMD16<Float> {
  // x = m * 2^e with m in sqrt(1/2)..<sqrt(2).
  let bits = unsafeBitCast(x, to: SIMD16<Int32>.self)
  let exponent = (bits &- SIMD16(repeating: 0x3F35_04F3)) &>> 23
  let mantissa = unsafeBitCast(bits &- (exponent &<< 23), to: SIMD16<Float>.self)
  let magicBits = exponent &+ SIMD16(repeating: 0x4B40_0000)
  let e = unsafeBitCast(magicBits, to: SIMD16<Float>.self) - SIMD16(repeating: 12_582_912) + offset

  let m = mantissa - SIMD16(repeating: 1)
  let square = m * m
  var p = SIMD16<Float>(repeating: 7.037_683_6e-2)
  p = SIMD16(repeating: -1.151_461e-1).addingProduct(p, m)
  p = SIMD16(repeating: 1.167_699_8e-1).addingProduct(p, m)
  p = SIMD16(repeating: -1.242_014_1e-1).addingProduct(p, m)
  p = SIMD16(repeating: 1.424_932_3e-1).addingProduct(p, m)
  p = SIMD16(repeating: -1.666_805_7e-1).addingProduct(p, m)
  p = SIMD16(repeating: 2.000_071_4e-1).addingProduct(p, m)
  p = SIMD16(repeating: -2.499_999_4e-1).addingProduct(p, m)
  p = SIMD16(repeating: 3.333_333_1e-1).addingProduct(p, m)
  var tail = p * m * square
  tail = tail.addingProduct(e, SIMD16(repeating: -2.121_944_4e-4))
  tail = tail.addingProduct(square, SIMD16(repeating: -0.5))
  return (m + tail).addingProduct(e, SIMD16(repeating: 0.693_359_375))
}

/// `-p ln p` of each lane for `p` in `0...1`, 0 at 0; NaN for NaN, and for negative `p` a number that means nothing.
///
/// Half the work of ``vectorLog(_:)``: at 0 and at subnormal `p` the logarithm is wrong but finite, and its product with
/// `p` is right. Emitted into the caller for the reason given at ``vectorExp(_:)``.
@export(implementation) @inline(__always)
public func vectorEntropyTerm(_ p: SIMD16<Float>) -> SIMD16<Float> {
  p * (SIMD16(repeating: 0) - logOfNormal(p))
}

/// Replaces every value by `e` to its power; see ``vectorExp(_:)`` for the error.
public func expInPlace(_ values: UnsafeMutableBufferPointer<Float>) {
  mapLanes(values) { vectorExp($0) }
}

/// Replaces every value by its natural logarithm; see ``vectorLog(_:)`` for the error.
public func logInPlace(_ values: UnsafeMutableBufferPointer<Float>) {
  mapLanes(values) { vectorLog($0) }
}

@inline(__always)
func mapLanes(_ values: UnsafeMutableBufferPointer<Float>, _ body: (SIMD16<Float>) -> SIMD16<Float>) {
  guard let base = values.baseAddress else { return }
  let whole = values.count & ~15
  for start in stride(from: 0, to: whole, by: 16) {
    let pointer = UnsafeMutableRawPointer(base + start)
    pointer.storeBytes(of: body(pointer.loadUnaligned(as: SIMD16<Float>.self)), as: SIMD16<Float>.self)
  }
  if whole < values.count {
    var lanes = SIMD16<Float>(repeating: 1)
    for index in whole..<values.count { lanes[index - whole] = base[index] }
    let result = body(lanes)
    for index in whole..<values.count { base[index] = result[index - whole] }
  }
}
