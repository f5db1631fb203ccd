/// Splits of an input that a push parser must not notice.
func splits(of bytes: [UInt8]) -> [[[UInt8]]] {
  var all = [[bytes], bytes.map { [$0] }]
  for cut in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 97)) {
    all.append([Array(bytes[..<cut]), [], Array(bytes[cut...])])
  }
  // Seeded, so that a failure comes back: a linear congruential generator is random enough to choose cuts.
  var state: UInt64 = 0x9E37_79B9
  for _ in 0..<20 {
    var pieces: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let end = min(bytes.count, start + Int(state >> 33) % 11)
      pieces.append(Array(bytes[start..<end]))
      start = end
    }
    all.append(pieces)
  }
  return all
}
