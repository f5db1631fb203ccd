import Tensors
import Testing

@Suite struct CounterGeneratorTests {
  @Test("Philox gives the published numbers")
  func philox() {
    // The known answers of Random123's test suite for philox4x32-10.
    #expect(
      CounterGenerator.block(counter: .init(repeating: 0), key: .init(repeating: 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      CounterGenerator.block(counter: .init(repeating: .max), key: .init(repeating: .max))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      CounterGenerator.block(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test("A counter generator is a function of seed, address and position")
  func addressed() {
    let generator = CounterGenerator(seed: 7)
    #expect(generator.block(3, 9, 0) == CounterGenerator(seed: 7).block(3, 9, 0))
    #expect(generator.block(3, 9, 0) != generator.block(9, 3, 0))
    #expect(generator.block(3, 9, 0) != CounterGenerator(seed: 8).block(3, 9, 0))
    var sum = 0.0
    for index in 0..<4096 { sum += Double(generator.block(UInt32(index), 0, 0)[0]) / 0x1p32 }
    #expect(abs(sum / 4096 - 0.5) < 0.02)
  }
}
