import Domain
import Testing

@Suite struct TimestampTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (1_772_357_400_125, "2026-03-01T09:30:00.125Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
    ] as [(Int64, String)]) func writesRFC3339(milliseconds: Int64, text: String)
  {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
  }

  @Test func addsSecondsWithoutOverflow() {
    let start = Timestamp(milliseconds: 5)
    #expect(start.adding(seconds: 2).milliseconds == 2005)
    #expect(start.adding(seconds: -1).milliseconds == -995)
    #expect(start.adding(seconds: .max).milliseconds == .max)
    #expect(Timestamp(milliseconds: 2000).adding(seconds: .max / 1000).milliseconds == .max)
    #expect(start.adding(seconds: .min).milliseconds == .min)
  }
}
