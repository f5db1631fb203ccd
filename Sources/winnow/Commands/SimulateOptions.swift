import ArgumentParser
import Foundation
import Simulation

/// Which labelled set is replayed, and how it is read.
struct SimulationDataOptions: ParsableArguments {
  @Argument(
    help: "CSV, TSV, JSON Lines (gzip too), images.gz,labels.gz (IDX), NPZ, a folder or a zip of images by class.")
  var data: String

  @Option(name: .long, help: "A set to measure on; without it a share of DATA is held out for each seed.")
  var test: String?

  @Option(
    name: .long,
    help: "csv, tsv, jsonl, images, zip, idx or npz; without it the path tells (gzip is recognised by itself).")
  var format: String?

  @Option(name: .long, help: "text, image or vector.")
  var modality: String?

  @Option(name: .long, help: "The column with the text, or several with commas between.")
  var textColumn = "text"

  @Option(name: .long, help: "The column with the label.")
  var labelColumn = "label"

  @Option(name: .long, help: "The column with the id; without it, id or key. It is no feature.")
  var idColumn: String?

  @Option(name: .long, help: "Columns that are no features, with commas between.")
  var ignoreColumns: String?

  @Option(name: .long, help: "Keep only rows whose column has this value, as column=value.")
  var `where`: String?

  @Option(name: .long, help: "The same for the set to measure on; without --test, that part of DATA.")
  var testWhere: String?

  @Option(name: .long, help: "The columns' names, with commas between, where the first record is data.")
  var columns: String?

  @Flag(name: .long, help: "Quotation marks are ordinary characters.")
  var noQuotes = false

  func validate() throws {
    if let format, DataSource.Format(rawValue: format) == nil {
      throw ValidationError("“\(format)” is not a format: \(Self.names(DataSource.Format.self)).")
    }
    if let modality, DataSource.Modality(rawValue: modality) == nil {
      throw ValidationError("“\(modality)” is not a modality: \(Self.names(DataSource.Modality.self)).")
    }
    for condition in [self.where, testWhere].compactMap(\.self) where !condition.contains("=") {
      throw ValidationError("“\(condition)” is no condition: write column=value.")
    }
  }

  /// What the results are about: the name of the file or folder.
  var title: String {
    let name = URL(fileURLWithPath: String(data.prefix { $0 != "," })).lastPathComponent
    return "Labels and accuracy on \(name)"
  }

  /// Reads the set to replay.
  func read() throws -> LabelledItems { try source(data, filter: self.where).read() }

  /// Reads the set to measure on, if there is one.
  func readTest() throws -> LabelledItems? {
    if test == nil, testWhere == nil { return nil }
    return try source(test ?? data, filter: testWhere).read()
  }

  private func source(_ path: String, filter: String?) -> DataSource {
    let condition = filter?.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    return DataSource(
      path: path, format: format.flatMap(DataSource.Format.init(rawValue:)),
      modality: modality.flatMap(DataSource.Modality.init(rawValue:)), textColumn: textColumn,
      labelColumn: labelColumn, idColumn: idColumn, ignoredColumns: Set(Self.list(ignoreColumns ?? "")),
      columns: columns.map(Self.list), quoting: noQuotes ? false : nil,
      filter: condition.map { (column: $0[0], value: $0[1]) })
  }

  private static func list(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }

  private static func names<Value: CaseIterable & RawRepresentable>(_: Value.Type) -> String
  where Value.RawValue == String {
    Value.allCases.map(\.rawValue).joined(separator: ", ")
  }
}

/// What is simulated.
struct SimulationOptions: ParsableArguments {
  @Option(name: .long, help: "Strategies, with commas between.")
  var strategies = "random,entropy,margin_diverse,auto"

  @Option(name: .long, help: "mlp (one hidden layer of 128, dropout 0.5), linear, or cnn for images.")
  var model = "mlp"

  @Option(name: .long, help: "Labels asked for in each round.")
  var batch = 10

  @Option(name: .long, help: "Labels before the first model.")
  var start = 20

  @Option(name: .long, help: "Labels after which a run ends.")
  var labels = 300

  @Option(name: .long, help: "Number of seeds.")
  var seeds = 10

  @Option(name: .long, help: "The share of DATA that is held out to measure on, or from 1 on a number of items.")
  var holdout = 0.2

  @Option(name: .long, help: "Use this many items of DATA at most, drawn at random.")
  var limit: Int?

  @Option(name: .long, help: "The share of labels that annotators give wrong.")
  var annotatorNoise = 0.0

  @Option(name: .long, help: "The share of the pool that planted outliers make up: items that no model learns.")
  var plantOutliers = 0.0

  @Option(
    name: .long,
    help: "The share of the pool that is removed beforehand, what no model learns first, knowing all labels.")
  var removeOutliers = 0.0

  @Option(name: .long, help: "The outlier filter, such as auto, or none. Random labelling is not filtered.")
  var outlierFilter = "none"

  @Option(
    name: .long, help: "mc_dropout, ensemble or augmentation: where the committee comes from that strategies ask.")
  var uncertainty = "mc_dropout"

  @Option(name: .long, help: "Passes of Monte-Carlo dropout.")
  var passes = 20

  @Option(name: .long, help: "Networks of an ensemble, or views of an item.")
  var members = 5

  @Option(name: .long, help: "Passes over the labels in a training.")
  var epochs = 60

  @Flag(name: .long, help: "Don't measure the accuracy with all labels of the pool.")
  var noCeiling = false

  /// The options as parameters.
  var parameters: SimulationParameters {
    get throws {
      guard let model = SimulationParameters.Model(rawValue: model) else {
        let known = SimulationParameters.Model.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("“\(model)” is not a model: \(known).")
      }
      guard let uncertainty = SimulationParameters.Uncertainty(rawValue: uncertainty) else {
        let known = SimulationParameters.Uncertainty.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("“\(uncertainty)” is no source of uncertainty: \(known).")
      }
      return SimulationParameters(
        strategies: strategies.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }, model: model,
        batch: batch, start: start, labels: labels, seeds: seeds, holdout: holdout, limit: limit,
        annotatorNoise: annotatorNoise, plantedOutliers: plantOutliers, removedShare: removeOutliers,
        outlierFilter: outlierFilter,
        uncertainty: uncertainty, passes: passes, members: members, epochs: epochs, measuresCeiling: !noCeiling)
    }
  }
}
