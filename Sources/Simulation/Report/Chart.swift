/// A line chart as SVG: series with interval bands, a legend and labelled axes, readable on light and on dark ground.
///
/// Written by hand, without scripts or outside files, so that it shows the same in a browser and in a document.
public struct Chart: Sendable {
  /// One line with its band.
  public struct Series: Sendable {
    /// The name in the legend.
    public var name: String
    /// Points from left to right; `low...high` is the band, equal to `y` where there is none.
    public var points: [Point]
    /// Whether the line is dashed, as for a reference.
    public var isDashed: Bool

    /// Creates a series.
    public init(name: String, points: [Point], isDashed: Bool = false) {
      self.name = name
      self.points = points
      self.isDashed = isDashed
    }
  }

  /// One point of a series.
  public struct Point: Sendable, Equatable {
    /// The place on the horizontal axis.
    public var x: Double
    /// The value.
    public var y: Double
    /// The lower end of the value's interval.
    public var low: Double
    /// The upper end of the value's interval.
    public var high: Double

    /// Creates a point, without an interval unless one is given.
    public init(x: Double, y: Double, low: Double? = nil, high: Double? = nil) {
      self.x = x
      self.y = y
      self.low = low ?? y
      self.high = high ?? y
    }
  }

  /// What stands above the chart.
  public var title: String
  /// What the horizontal axis shows.
  public var xLabel: String
  /// What the vertical axis shows.
  public var yLabel: String
  /// The lines.
  public var series: [Series]
  /// Whether the vertical axis counts in percent.
  public var isPercent: Bool

  /// Creates a chart.
  public init(title: String, xLabel: String, yLabel: String, series: [Series], isPercent: Bool = false) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series.map { line in
      var line = line
      line.points = line.points.filter { $0.x.isFinite && $0.y.isFinite && $0.low.isFinite && $0.high.isFinite }
      return line
    }
    self.isPercent = isPercent
  }

  static let (width, height) = (860.0, 520.0)
  static let (left, right, top, bottom) = (72.0, 210.0, 44.0, 56.0)

  /// Colours that differ in lightness too, so that they can be told apart without seeing hues (after Okabe and Ito, 2008).
  static let colours = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#7f7f7f", "#b8860b", "#2ca02c",
    "#e7298a", "#1b9e9e",
  ]
}
