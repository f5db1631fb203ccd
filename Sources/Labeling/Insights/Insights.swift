import Domain
import Foundation
import Learning

/// What a project's labels and rounds say when they are looked at together.
public struct Insights: Codable, Sendable {
  /// How often a label was given.
  struct LabelCount: Codable, Sendable {
    var label: String
    /// Items that are trained on.
    var training: Int
    /// Items of the evaluation stream.
    var evaluation: Int
  }

  /// What a round reached.
  struct RoundPoint: Codable, Sendable {
    var round: Int
    var labels: Int
    var value: Double
    var interval: Interval
    var macroF1: Double?
    var negativeLogLikelihood: Double?
    var expectedCalibrationError: Double?
    var strategy: String?
  }

  /// Active learning beside what labelling at random would have reached.
  struct Curve: Codable, Sendable {
    /// `accuracy`, or `label_ranking_average_precision` where an item may have several labels.
    var metric: String
    var active: [RoundPoint]
    var random: [MeasuredPoint]
    /// Where labelling at random would go on from what was measured.
    var randomForecast: [MeasuredPoint]
    /// The power law through the active curve, and what 100 more labels would bring.
    var forecast: Forecast?
    var comparison: BaselineComparison
  }

  /// Where the curve is heading.
  struct Forecast: Codable, Sendable {
    var asymptote: Double
    var scale: Double
    var exponent: Double
    /// What 100 more labels would add.
    var gain: Double
    var gainInterval: Interval
  }

  /// One labelled item on the map of the data set.
  struct MappedItem: Codable, Sendable {
    var item: String
    var key: String
    var labels: [String]
    var confidence: Float
    var variability: Float
    var correctness: Float
    var region: String
  }

  /// The labelled items by how models that did not train on them see them.
  struct DatasetMap: Codable, Sendable {
    /// Labelled items; `items` holds at most 2,000 of them, the least confident first.
    var count: Int
    var checkpoints: Int
    var items: [MappedItem]
  }

  /// What the outlier filter keeps out.
  struct Excluded: Codable, Sendable {
    var count: Int
    var method: String?
    var estimatedShare: Double?
    var reason: String?
    var groups: [Group]

    struct Group: Codable, Sendable {
      var group: Int?
      var count: Int
    }
  }

  /// What a round cost.
  struct Cost: Codable, Sendable {
    var round: Int
    var labels: Int
    var value: Double?
    var seconds: Double
    var operations: Double
    var parameters: Int?
    var peakMemory: Int?
  }

  /// Whether to stop.
  struct Stopping: Codable, Sendable {
    /// `stop`, `go_on` or `too_early`.
    var advice: String
    var sentence: String
    var criteria: [Criterion]

    struct Criterion: Codable, Sendable {
      var name: String
      var value: Double?
      var threshold: Double
      var isMet: Bool
    }
  }

  /// The round that all this was worked out with; `nil` before the first.
  public var round: Int?
  var labels: [LabelCount] = []
  var learningCurve: Curve?
  var stopping: Stopping?
  var datasetMap: DatasetMap?
  var excluded: Excluded?
  var calibration: Calibration?
  var costs: [Cost] = []
  /// What could not be worked out, and why.
  var notes: [String] = []

  /// The insights as JSON text.
  public var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
