import Telemetry
import Testing

@Suite struct ExpositionTests {
  @Test func aHistogramIsCumulativeAndEndsAtInfinity() {
    let histogram = Histogram(bounds: [0.1, 1])
    for value in [0.05, 0.1, 0.5, 7, -3] { histogram.record(value) }
    var page = Exposition()
    page.add("seconds", "How long.", [(labels: [("route", "a")], histogram: histogram)])
    #expect(
      page.text == """
        # HELP seconds How long.
        # TYPE seconds histogram
        seconds_bucket{route="a",le="0.1"} 3
        seconds_bucket{route="a",le="1"} 4
        seconds_bucket{route="a",le="+Inf"} 5
        seconds_sum{route="a"} 7.65
        seconds_count{route="a"} 5

        """)
  }

  @Test func labelsCannotBreakALine() {
    var page = Exposition()
    page.add("things", .gauge, "Two\nlines \\ here", [(labels: [("name", "a\"b\\c\nd")], value: .infinity)])
    #expect(
      page.text == """
        # HELP things Two\\nlines \\\\ here
        # TYPE things gauge
        things{name="a\\"b\\\\c\\nd"} +Inf

        """)
  }

  @Test func aMetricWithoutSamplesIsLeftOut() {
    var page = Exposition()
    page.add("none", .counter, "Nothing", [])
    #expect(page.text.isEmpty)
  }

  @Test func durationsAreSeconds() {
    let histogram = Histogram(bounds: Histogram.latencies)
    histogram.record(.milliseconds(3))
    #expect(histogram.snapshot.sum == 0.003)
    #expect(histogram.snapshot.counts[3] == 1)
  }

  @Test func nothingThatManyThreadsCountIsLost() async {
    let (counter, gauge, histogram) = (Counter(), Gauge(), Histogram(bounds: [1, 2]))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for step in 0..<10_000 {
            counter.add()
            gauge.add(step % 2 == 0 ? 2 : -1)
            histogram.record(Double(step % 4))
          }
        }
      }
    }
    #expect(counter.value == 80_000)
    #expect(gauge.value == 8 * 5000)
    #expect(histogram.snapshot.counts == [40_000, 20_000, 20_000])
    #expect(histogram.snapshot.sum == 120_000)
  }

  @Test func theKernelTellsWhatTheProcessUses() {
    let usage = ProcessUsage()
    #expect(usage.residentBytes > 1 << 20)
    #expect(usage.virtualBytes >= usage.residentBytes)
    #expect(usage.threads > 0)
    #expect(usage.openDescriptors > 0 && usage.openDescriptors < usage.descriptorLimit)
    #expect(usage.processorSeconds > 0)
    #expect(FileSystemSpace(of: "/tmp").map { $0.total >= $0.free && $0.total > 0 } == true)
    #expect(FileSystemSpace(of: "/no/such/folder") == nil)
  }
}
