// Comparisons of lanes as arithmetic on their bits.
//
// Swift's own comparisons of vectors (`a .< b`, `replace(with:where:)`) become loops over lanes wherever the compiler does
// not unroll them, which in functions of some size it does not: many times slower, and nothing shows it. All functions
// here are emitted into the caller, see ``vectorExp(_:)``.

/// All bits of the lanes whose sign bit is set: of negative numbers, of -0, and of some NaN.
@export(implementation) @inline(__always)
public func laneIsNegative(_ x: SIMD16<Float>) -> SIMD16<Int32> { unsafeBitCast(x, to: SIMD16<Int32>.self) &>> 31 }

/// All bits of the lanes that are 0 or -0.
@export(implementation) @inline(__always)
public func laneIsZero(_ x: SIMD16<Float>) -> SIMD16<Int32> {
  let magnitude = unsafeBitCast(x, to: SIMD16<Int32>.self) & SIMD16(repeating: 0x7FFF_FFFF)
  return (magnitude &- SIMD16(repeating: 1)) &>> 31
}

/// All bits of the lanes that are NaN.
@export(implementation) @inline(__always)
public func laneIsNaN(_ x: SIMD16<Float>) -> SIMD16<Int32> {
  let magnitude = unsafeBitCast(x, to: SIMD16<Int32>.self) & SIMD16(repeating: 0x7FFF_FFFF)
  return (SIMD16(repeating: 0x7F80_0000) &- magnitude) &>> 31
}

/// `a` in the lanes whose bits are set in `mask`, `b` in the others.
@export(implementation) @inline(__always)
public func laneSelect(_ a: SIMD16<Float>, _ b: SIMD16<Float>, where mask: SIMD16<Int32>) -> SIMD16<Float> {
  let (left, right) = (unsafeBitCast(a, to: SIMD16<Int32>.self), unsafeBitCast(b, to: SIMD16<Int32>.self))
  return unsafeBitCast((left & mask) | (right & ~mask), to: SIMD16<Float>.self)
}

/// The larger of each pair of lanes; one of them where the other is NaN.
@export(implementation) @inline(__always)
public func laneMaximum(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
  laneSelect(b, a, where: laneIsNegative(a - b))
}
