// Comparisons of sixteen floats at a time.
//
// Swift's SIMD types compare lane by lane unless the optimiser happens to unroll the loop behind `.<`, which it does in
// some functions and not in others: 3 to 15 times slower there. C's vector extensions always give the one instruction.
// These are inlined into their callers; no vector is ever passed in registers between modules.
#ifndef WINNOW_LANES_H
#define WINNOW_LANES_H

typedef float winnow_lanes __attribute__((ext_vector_type(16)));
#define WINNOW_INLINE static inline __attribute__((always_inline))

/// `a < b ? yes : no` in each lane; `no` where one of the two is NaN.
WINNOW_INLINE winnow_lanes winnow_if_less(winnow_lanes a, winnow_lanes b, winnow_lanes yes, winnow_lanes no) {
  return a < b ? yes : no;
}

/// `a == b ? yes : no` in each lane; `no` where one of the two is NaN.
WINNOW_INLINE winnow_lanes winnow_if_equal(winnow_lanes a, winnow_lanes b, winnow_lanes yes, winnow_lanes no) {
  return a == b ? yes : no;
}

/// The larger of two lanes; `b` where one of the two is NaN.
WINNOW_INLINE winnow_lanes winnow_larger(winnow_lanes a, winnow_lanes b) { return a > b ? a : b; }

/// The smaller of two lanes; `b` where one of the two is NaN.
WINNOW_INLINE winnow_lanes winnow_smaller(winnow_lanes a, winnow_lanes b) { return a < b ? a : b; }

/// Whether any lane of `a` is below that of `b`.
WINNOW_INLINE _Bool winnow_any_less(winnow_lanes a, winnow_lanes b) { return __builtin_reduce_or(a < b) != 0; }

#undef WINNOW_INLINE
#endif
