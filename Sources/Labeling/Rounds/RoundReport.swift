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
    /// Parameters of all networks.
    var parameters: Int
    var flops: Double
    /// Epochs of the network that ran longest.
    var epochs: Int
    /// The mean loss of the networks after their last epochs.
    var loss: Double
    /// Networks, and the opinions that their doubt is made of.
    var members: Int?
    var committee: TrainerSettings.Committee?
    /// What could not be done as the settings say.
    var notes: [String]?
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
  /// Quality on the evaluation stream, where each item has one label.
  var metrics: ClassificationMetrics?
  /// The same where an item may have several.
  var labelMetrics: MultiLabelMetrics?
  /// How far probabilities come true.
  var calibration: Calibration?
  var selection = Selection()
  /// What the outlier filter found; `nil` where it did not run in this round.
  var outliers: Outliers?
  /// Milliseconds of each phase.
  var durationsMs: [String: Int] = [:]
  /// What each phase cost: seconds, processor time, operations, memory.
  var cost = CostAccount()

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
    labelMetrics = try container.decodeIfPresent(MultiLabelMetrics.self, forKey: .labelMetrics)
    calibration = try container.decodeIfPresent(Calibration.self, forKey: .calibration)
    selection = try container.decodeIfPresent(Selection.self, forKey: .selection) ?? Selection()
    outliers = try container.decodeIfPresent(Outliers.self, forKey: .outliers)
    durationsMs = try container.decodeIfPresent([String: Int].self, forKey: .durationsMs) ?? [:]
    cost = try container.decodeIfPresent(CostAccount.self, forKey: .cost) ?? CostAccount()
  }

  /// The report as JSON text.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
