/// The indices of the `k` largest values, in descending order of value; ties go to the lower index.
///
/// NaN counts as smaller than everything. `k` beyond the count gives all indices. O(n) on average plus O(k log k): a
/// sample of the values finds a bar that nearly all losers fall below, one pass without branches keeps the rest, and
/// quickselect (Hoare, 1961) finishes among those.
public func topK(_ values: UnsafeBufferPointer<Float>, k: Int) -> [Int] {
  let wanted = min(k, values.count)
  guard wanted > 0 else { return [] }
  precondition(values.count <= Int(UInt32.max), "topK takes fewer than 2^32 values")
  var keys = candidateKeys(values, wanted: wanted)
  keys.withUnsafeMutableBufferPointer { selectLargest($0, wanted) }
  keys.removeSubrange(wanted...)
  keys.sort(by: >)
  return keys.map { Int(UInt32.max - UInt32(truncatingIfNeeded: $0)) }
}

/// The indices of the `k` largest values of an array; see the overload for buffers.
public func topK(_ values: [Float], k: Int) -> [Int] {
  values.withUnsafeBufferPointer { topK($0, k: k) }
}

/// The indices of the `k` largest values by sorting everything; what ``topK(_:k:)`` is tested against.
public func referenceTopK(_ values: [Float], k: Int) -> [Int] {
  let order = values.indices.sorted { left, right in
    let (a, b) = (values[left], values[right])
    if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? left < right : b.isNaN }
    return a == b ? left < right : a > b
  }
  return Array(order.prefix(max(0, k)))
}

/// Value and index as one integer: greater means a greater value or, at equal values, a lower index.
@inline(__always)
private func sortKey(_ value: Float, _ index: Int) -> UInt64 {
  let bits = (value + 0).bitPattern  // Adding 0 makes -0 and 0 the same.
  let ordered = bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
  let high: UInt32 = value.isNaN ? 0 : ordered
  return UInt64(high) &<< 32 | UInt64(UInt32.max &- UInt32(truncatingIfNeeded: index))
}

/// Keys of a subset that surely holds the `wanted` largest values.
private func candidateKeys(_ values: UnsafeBufferPointer<Float>, wanted: Int) -> [UInt64] {
  let count = values.count
  let sampleSize = 1024
  if count >= 16 * sampleSize, wanted <= count / 16 {
    let step = count / sampleSize
    let sample = (0..<sampleSize).map { sortKey(values[$0 * step], $0 * step) }.sorted(by: >)
    // Twice the expected rank and some: a bar too low costs time, one too high costs a second pass.
    let bar = sample[min(sampleSize - 1, 2 * wanted * sampleSize / count + 8)]
    let kept = [UInt64](unsafeUninitializedCapacity: count) { buffer, size in
      var next = 0
      for index in 0..<count {
        let key = sortKey(values[index], index)
        buffer[next] = key
        next &+= key >= bar ? 1 : 0
      }
      size = next
    }
    if kept.count >= wanted { return kept }
  }
  return (0..<count).map { sortKey(values[$0], $0) }
}

/// Moves the `wanted` largest keys to the front, in any order; keys are distinct.
private func selectLargest(_ keys: UnsafeMutableBufferPointer<UInt64>, _ wanted: Int) {
  var low = 0
  var high = keys.count - 1
  while low < high {
    // Median of three: sorted and organ-pipe input stay linear.
    let (a, b, c) = (keys[low], keys[low + (high - low) / 2], keys[high])
    let pivot = max(min(a, b), min(max(a, b), c))
    var left = low
    var right = high
    while left <= right {
      while keys[left] > pivot { left += 1 }
      while keys[right] < pivot { right -= 1 }
      if left <= right {
        keys.swapAt(left, right)
        left += 1
        right -= 1
      }
    }
    if wanted - 1 <= right {
      high = right
    } else if wanted - 1 >= left {
      low = left
    } else {
      return
    }
  }
}
