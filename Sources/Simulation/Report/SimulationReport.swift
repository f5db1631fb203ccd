/// A page about a simulation that needs no other file: the chart, the table, what was simulated.
struct SimulationReport {
  let summary: SimulationSummary
  let chart: Chart

  /// The page.
  var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(escaped(chart.title))</title>
    <style>
    :root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5 }
    body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
    svg { width: 100%; height: auto }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; display: block; overflow-x: auto }
    th, td { padding: 0.35rem 0.8rem; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
    th { text-align: left; font-weight: 600 } td { text-align: right; white-space: nowrap } td:first-child { text-align: left }
    caption { text-align: left; padding-bottom: 0.5rem }
    </style>
    </head>
    <body>
    <h1>\(escaped(chart.title))</h1>
    \(chart.svg)
    <table>
    <caption>\(escaped(summary.heading))</caption>
    <thead><tr>\(cells(head, as: "th scope=\"col\"", ending: "th"))</tr></thead>
    <tbody>
    \(summary.strategies.map { "<tr>\(cells(row($0), as: "td", ending: "td"))</tr>" }.joined(separator: "\n"))
    </tbody>
    </table>
    <p>The area under the curve is the mean accuracy over the labels asked for, with its 95 % interval over seeds. Labels to
    reach an accuracy are the median over seeds, with the share saved against random. Differences to random are of the area,
    paired by seed, with the p-value of a paired t test.</p>
    <h2>What was simulated</h2>
    <table><tbody>
    \(facts.map { "<tr><th scope=\"row\">\(escaped($0.0))</th><td>\(escaped($0.1))</td></tr>" }.joined(separator: "\n"))
    </tbody></table>
    </body>
    </html>

    """
  }

  private var head: [String] {
    ["strategy", "area under curve"] + summary.targetNames + [
      "against random", "final accuracy", "outliers asked", "s",
    ]
  }

  private func row(_ strategy: SimulationSummary.Strategy) -> [String] {
    [strategy.name, strategy.areaText] + strategy.targets.map(\.text) + [
      strategy.comparisonText, "\(decimals(100 * strategy.finalAccuracy, 2)) %",
      "\(decimals(100 * strategy.outlierShare, 1)) %", decimals(strategy.seconds, 2),
    ]
  }

  private var facts: [(String, String)] {
    let parameters = summary.parameters
    return [
      ("model", parameters.model.rawValue), ("first labels", "\(parameters.start)"), ("batch", "\(parameters.batch)"),
      ("labels", "\(parameters.labels)"), ("seeds", "\(parameters.seeds)"),
      ("wrong answers", "\(decimals(100 * parameters.annotatorNoise, 1)) %"),
      ("dropout passes", "\(parameters.passes)"), ("pool", "\(summary.poolCount) items"),
      ("classes", "\(summary.classes)"),
    ]
  }

  private func cells(_ texts: [String], as tag: String, ending: String) -> String {
    texts.map { "<\(tag)>\(escaped($0))</\(ending)>" }.joined()
  }
}
