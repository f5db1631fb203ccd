import Domain
import Foundation
import Learning

/// What a round found out; kept as JSON with the round.
struct RoundReport: Codable, Sendable {
  /// Labels that went in.
  struct Labels: Codable, Sendable, Equatable {
    /// Items that were trained on.
    var training = 0
    /// Items of the evaluation stream that the model was measured on.
    var evaluation = 0
    /// Trained items of each label, by name.
    var perLabel: [String: Int] = [:]
  }

  /// The model that was trained.
  struct Model: Codable, Sendable {
    var configuration: TrainingConfiguration
    var features: Int
    var featureVersion: Int
    var classes: Int
    var parameters: Int
    var flops: Double
    var epochs: Int
    var loss: Double
  }

  /// What was chosen.
  struct Selection: Codable, Sendable {
    var candidates = 0
    var queued = 0
    var duplicates = 0
    var outliers = 0
  }

  var labels = Labels()
  var model: Model?
  var metrics: ClassificationMetrics?
  var selection = Selection()
  /// Milliseconds of each phase.
  var durationsMs: [String: Int] = [:]

  init() {}

  /// Reads what was kept; an empty report where it cannot be read.
  init(text: String) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = (try? decoder.decode(RoundReport.self, from: Data(text.utf8))) ?? RoundReport()
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    labels = try container.decodeIfPresent(Labels.self, forKey: .labels) ?? Labels()
    model = try container.decodeIfPresent(Model.self, forKey: .model)
    metrics = try container.decodeIfPresent(ClassificationMetrics.self, forKey: .metrics)
    selection = try container.decodeIfPresent(Selection.self, forKey: .selection) ?? Selection()
    durationsMs = try container.decodeIfPresent([String: Int].self, forKey: .durationsMs) ?? [:]
  }

  /// The report as JSON text.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
