import Foundation
import FoundationXML
import Learning
import Testing

@testable import Simulation

@Suite struct ReportTests {
  private func result() -> SimulationResult {
    let curves = ["random", "margin"].flatMap { name in
      (0..<3).map { seed in
        ReplayCurve(
          strategy: name, seed: seed,
          rows: (1...4).map { step in
            let accuracy = (name == "margin" ? 0.7 : 0.6) + 0.08 * Double(step) + 0.01 * Double(seed)
            return ReplayRow(
              labels: 10 * step, accuracy: accuracy, macroF1: accuracy, nll: 0.5, ece: 0.1, outlierShare: 0,
              seconds: 0.25)
          })
      }
    }
    return SimulationResult(curves: curves, ceilings: [0.9, 0.9, 0.9], poolCount: 100, classes: 3)
  }

  private let parameters = SimulationParameters(strategies: ["random", "margin"], seeds: 3)

  @Test func theTableOfCurvesHasARowPerPoint() throws {
    let lines = String(decoding: result().csv, as: UTF8.self).split(separator: "\n")
    #expect(lines[0] == "strategy,seed,labels,accuracy,macro_f1,nll,ece,outlier_share,seconds")
    #expect(lines[1] == "random,0,10,0.680000,0.680000,0.500000,0.100000,0.000000,0.2500")
    #expect(lines.count == 25)
  }

  @Test func theSummaryComparesStrategiesSeedBySeed() throws {
    let summary = try result().summary(parameters)
    let margin = summary.strategies[1]
    #expect(abs(summary.strategies[0].areaUnderCurve - 0.81) < 1e-9 && abs(margin.areaUnderCurve - 0.91) < 1e-9)
    #expect(abs((margin.againstRandom?.meanDifference ?? 0) - 0.1) < 1e-9)
    let target = try #require(margin.targets.first { $0.accuracy == 0.9 })
    #expect(target.medianLabels == 30 && target.reached == 3 && target.labels == [30, 30, 30])
    #expect(target.savedAgainstRandom == 0.25)
    #expect(summary.strategies[0].targets.first { $0.accuracy == 0.97 }?.medianLabels == nil)
    #expect(summary.strategies[0].targets.last?.name == "95 % of full-data accuracy")
    #expect(summary.strategies[0].againstRandom == nil)
  }

  @Test func theSummaryIsJSONEvenWhereAStatisticIsInfinite() throws {
    let text = String(decoding: try result().summary(parameters).json(), as: UTF8.self)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect((object?["strategies"] as? [[String: Any]])?.count == 2)
    #expect(text.contains("\"area_under_curve\""))
  }

  @Test func chartAndPageAreWellFormedWhateverTheNamesHold() throws {
    let title = "<b>\"Tom & Jerry's\"</b> \u{1}]]>"
    let chart = result().chart(title: title)
    #expect(chart.series.map(\.name) == ["random", "margin", "all 100 labels"])
    #expect(XMLParser(data: Data(chart.svg.utf8)).parse())
    let page = SimulationReport(summary: try result().summary(parameters), chart: chart).html
    #expect(!page.contains("<b>") && !page.contains("src=") && !page.contains("href="))
    #expect(page.contains("&lt;b&gt;&quot;Tom &amp; Jerry&#39;s&quot;&lt;/b&gt;"))
  }

  @Test func aChartOfNothingAndOfOnePointIsStillAChart() {
    for points in [[], [Chart.Point(x: 3, y: 0.5)], [Chart.Point(x: .nan, y: 1)]] {
      let chart = Chart(title: "t", xLabel: "x", yLabel: "y", series: [.init(name: "s", points: points)])
      #expect(XMLParser(data: Data(chart.svg.utf8)).parse())
      #expect(!chart.svg.contains("nan"))
    }
  }

  @Test(arguments: [
    ([0.0, 1], 0.0, 1.0), ([20, 300], 0, 300), ([0.62, 0.97], 0.6, 1), ([5, 5], 4.9, 5.6), ([], 0, 1),
  ])
  func axesCoverTheirValuesWithRoundTicks(values: [Double], low: Double, high: Double) {
    let axis = Axis(values: values, ticks: 8)
    #expect(axis.low <= (values.min() ?? 0) && axis.high >= (values.max() ?? 1))
    #expect(abs(axis.low - low) < 0.11 && abs(axis.high - high) < 0.61)
    #expect(axis.ticks.count >= 2 && axis.ticks.count <= 12)
  }

  @Test func numbersAreWrittenWithAFixedCountOfDecimals() {
    #expect(decimals(1.005, 1) == "1.0" && decimals(-0.04, 1) == "0.0" && decimals(-1.26, 1) == "-1.3")
    #expect(decimals(12, 0) == "12" && decimals(.nan, 2).isEmpty && decimals(0.5, 3) == "0.500")
  }
}
