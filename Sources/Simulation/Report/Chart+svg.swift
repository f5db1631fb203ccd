extension Chart {
  /// The chart as an SVG document.
  public var svg: String {
    let points = series.flatMap(\.points)
    let x = Axis(values: points.map(\.x), ticks: 8)
    let y = Axis(values: points.flatMap { [$0.low, $0.high, $0.y] }, ticks: 8)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(Self.width)) \(number(Self.height))" role="img" \
      font-family="system-ui, sans-serif" font-size="13">
      <title>\(escaped(title))</title>
      <style>
      .ground { fill: #ffffff } .ink { fill: #1a1a1a } .axis { stroke: #1a1a1a } .grid { stroke: #1a1a1a; opacity: 0.13 }
      @media (prefers-color-scheme: dark) {
      .ground { fill: #16181d } .ink { fill: #e8e8e8 } .axis { stroke: #e8e8e8 } .grid { stroke: #e8e8e8 }
      }
      </style>
      <rect class="ground" width="100%" height="100%"/>
      \(text(title, x: Self.left, y: 26, size: 16, isBold: true))
      \(grid(x: x, y: y))
      \(series.indices.map { band($0, x: x, y: y) }.filter { !$0.isEmpty }.joined(separator: "\n"))
      \(series.indices.map { line($0, x: x, y: y) }.joined(separator: "\n"))
      \(series.indices.map(legend).joined(separator: "\n"))
      </svg>

      """
  }

  private func place(_ value: Double, on axis: Axis, from start: Double, to end: Double) -> Double {
    start + (value - axis.low) / (axis.high - axis.low) * (end - start)
  }

  private func across(_ value: Double, _ x: Axis) -> Double {
    place(value, on: x, from: Self.left, to: Self.width - Self.right)
  }

  private func up(_ value: Double, _ y: Axis) -> Double {
    place(value, on: y, from: Self.height - Self.bottom, to: Self.top)
  }

  private func grid(x: Axis, y: Axis) -> String {
    let (right, floor) = (Self.width - Self.right, Self.height - Self.bottom)
    var parts: [String] = []
    for tick in y.ticks {
      let level = up(tick, y)
      parts.append(stroke("grid", x1: Self.left, y1: level, x2: right, y2: level))
      let label = isPercent ? "\(decimals(100 * tick, y.decimals(shift: 2))) %" : decimals(tick, y.decimals())
      parts.append(text(label, x: Self.left - 8, y: level + 4, anchor: "end"))
    }
    for tick in x.ticks {
      parts.append(stroke("grid", x1: across(tick, x), y1: Self.top, x2: across(tick, x), y2: floor))
      parts.append(text(decimals(tick, x.decimals()), x: across(tick, x), y: floor + 18, anchor: "middle"))
    }
    parts.append(stroke("axis", x1: Self.left, y1: floor, x2: right, y2: floor))
    parts.append(stroke("axis", x1: Self.left, y1: Self.top, x2: Self.left, y2: floor))
    parts.append(text(xLabel, x: (Self.left + right) / 2, y: Self.height - 14, anchor: "middle"))
    let middle = (Self.top + floor) / 2
    parts.append(
      "<text class=\"ink\" text-anchor=\"middle\" transform=\"translate(18 \(number(middle))) rotate(-90)\">"
        + "\(escaped(yLabel))</text>")
    return parts.joined(separator: "\n")
  }

  private func band(_ index: Int, x: Axis, y: Axis) -> String {
    let points = series[index].points
    guard points.contains(where: { $0.low < $0.high }) else { return "" }
    let outline =
      points.map { "\(number(across($0.x, x))),\(number(up($0.high, y)))" }
      + points.reversed().map { "\(number(across($0.x, x))),\(number(up($0.low, y)))" }
    // Many bands over each other hide the lines.
    let opacity = series.count > 6 ? "0.06" : "0.16"
    return "<polygon points=\"\(outline.joined(separator: " "))\" fill=\"\(colour(index))\" opacity=\"\(opacity)\"/>"
  }

  private func line(_ index: Int, x: Axis, y: Axis) -> String {
    let points = series[index].points
    let dash = series[index].isDashed ? " stroke-dasharray=\"6 4\"" : ""
    if points.count == 1, let only = points.first {
      // A lone point has no band, so its interval is a bar.
      let place = across(only.x, x)
      let bar =
        "<line x1=\"\(number(place))\" y1=\"\(number(up(only.low, y)))\" x2=\"\(number(place))\""
        + " y2=\"\(number(up(only.high, y)))\" stroke=\"\(colour(index))\" stroke-width=\"2\"/>"
      return "<circle cx=\"\(number(place))\" cy=\"\(number(up(only.y, y)))\" r=\"4\" fill=\"\(colour(index))\"/>"
        + (only.low < only.high ? bar : "")
    }
    let path = points.map { "\(number(across($0.x, x))),\(number(up($0.y, y)))" }.joined(separator: " ")
    return "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(colour(index))\" stroke-width=\"2.2\"\(dash)/>"
  }

  private func legend(_ index: Int) -> String {
    let (start, level) = (Self.width - Self.right + 16, Self.top + 12 + 21 * Double(index))
    let dash = series[index].isDashed ? " stroke-dasharray=\"6 4\"" : ""
    return "<line x1=\"\(number(start))\" y1=\"\(number(level))\" x2=\"\(number(start + 24))\" y2=\"\(number(level))\""
      + " stroke=\"\(colour(index))\" stroke-width=\"3\"\(dash)/>"
      + text(series[index].name, x: start + 31, y: level + 4)
  }

  private func colour(_ index: Int) -> String { Self.colours[index % Self.colours.count] }

  private func stroke(_ style: String, x1: Double, y1: Double, x2: Double, y2: Double) -> String {
    "<line class=\"\(style)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\"/>"
  }

  private func text(
    _ content: String, x: Double, y: Double, anchor: String = "start", size: Int = 13, isBold: Bool = false
  ) -> String {
    let weight = isBold ? " font-weight=\"600\"" : ""
    return
      "<text class=\"ink\" x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\" font-size=\"\(size)\"\(weight)>"
      + "\(escaped(content))</text>"
  }

  private func number(_ value: Double) -> String { decimals(value, 1) }
}

/// The range of an axis and its ticks, at round numbers.
struct Axis: Equatable {
  let low: Double
  let high: Double
  let step: Double

  init(values: [Double], ticks: Int) {
    let least = values.min() ?? 0
    let most = max(values.max() ?? 1, least)
    let span = most > least ? most - least : max(abs(most), 1) * 0.1
    var step = 1.0
    while step > span / Double(ticks) { step /= 10 }
    while step * 10 <= span / Double(ticks) { step *= 10 }
    self.step = [1.0, 2, 5, 10].map { $0 * step }.first { span / $0 <= Double(ticks) } ?? 10 * step
    low = (least / self.step).rounded(.down) * self.step
    let reached = (most / self.step).rounded(.up) * self.step
    high = reached > low ? reached : low + self.step
  }

  var ticks: [Double] {
    (0...Int(((high - low) / step).rounded())).map { low + Double($0) * step }
  }

  /// The decimals that a tick needs, of a value that is shown multiplied by ten to the power of `shift`.
  func decimals(shift: Int = 0) -> Int {
    var (count, unit) = (0, step)
    for _ in 0..<shift { unit *= 10 }
    while count < 6, abs(unit - unit.rounded()) > 1e-9 * unit {
      unit *= 10
      count += 1
    }
    return count
  }
}

/// A text as it may stand in XML and HTML, in an attribute too.
func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    // Control characters may not stand in XML at all.
    case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}": result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
