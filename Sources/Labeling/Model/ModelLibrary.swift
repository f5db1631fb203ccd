import Domain
import Features
import Foundation
import Learning
import Storage
import Synchronization
import Tensors

/// The model that answers for a project at present.
struct ServingModel: Sendable {
  /// The round that trained it.
  let round: Int
  /// The networks.
  let model: RoundModel
  /// What its probabilities are divided by on the scale of logits, where that was fitted.
  var calibration: TemperatureScaling?
  /// The label that each of its classes stands for.
  let labels: [LabelID]
  /// The featurizer that its inputs come from.
  let featurizer: AnyFeaturizer
  /// The featurizer's version.
  let featureVersion: Int

  /// Probabilities `(n, labels)` of items by their features `(n, d)`: the committee's mean, calibrated where that was fitted.
  ///
  /// - Throws: `LearningError` where the features have another width than the model takes.
  func probabilities(of features: MatrixView, seed: UInt64) throws -> Matrix {
    let mean = try model.probabilities(of: features, seed: seed)
    guard let calibration else { return mean }
    return calibration.apply(to: mean.view, kind: model.isMultiLabel ? .sigmoid : .softmax)
  }
}

/// The models on disk, and in memory the one that serves each project.
final class ModelLibrary: Sendable {
  private let folder: DataFolder
  private let store: Store
  private let features: FeatureLibrary
  private let serving = Mutex<[ProjectID: ServingModel]>([:])

  init(folder: DataFolder, store: Store, features: FeatureLibrary) {
    self.folder = folder
    self.store = store
    self.features = features
  }

  /// The model of the serving round; `nil` before the first that has one.
  func current(_ project: ProjectID) throws -> ServingModel? {
    if let known = serving.withLock({ $0[project] }) { return known }
    guard let round = try store.read({ try $0.newestRound(in: project, state: .serving) }),
      let artifact = round.artifact
    else { return nil }
    var model = try load(artifact, round: round.number, project: project)
    model.calibration = RoundReport(text: round.report).calibration?.scaling
    return serving.withLock { serving in
      // A later round may have begun to serve while this one's file was read.
      if let newer = serving[project], newer.round > model.round { return newer }
      serving[project] = model
      return model
    }
  }

  /// Makes a model the one that answers.
  func serve(_ model: ServingModel?, for project: ProjectID) { serving.withLock { $0[project] = model } }

  /// Has the next who asks read what the database says serves.
  func readAnew(_ project: ProjectID) { serving.withLock { $0[project] = nil } }

  /// Writes a round's model.
  ///
  /// - Returns: its name below the data folder.
  func save(
    _ model: RoundModel, labels: [LabelDefinition], featureVersion: Int, round: Int, project: ProjectID
  ) throws -> String {
    let name = folder.modelName(project: "\(project)", round: round)
    let metadata = [
      "project.labels": labels.map { "\($0.id)" }.joined(separator: ","),
      "project.label_names": JSONValue.array(labels.map { .string($0.name) }).text(),
      "project.feature_version": "\(featureVersion)", "project.round": "\(round)",
      "project.committee": model.committee.kind.rawValue, "project.committee_size": "\(model.committee.size)",
    ]
    let bytes = try ModelFile.encode(model.members, metadata: metadata)
    try folder.writeDurably(bytes, to: folder.path + "/" + name)
    return name
  }

  /// Reads a round's model.
  func load(_ artifact: String, round: Int, project: ProjectID) throws -> ServingModel {
    let bytes = try self.bytes(of: artifact)
    let (members, metadata) = try ModelFile.decode(bytes)
    let model = RoundModel(members: members, committee: Self.committee(metadata))
    let labels = (metadata["project.labels"] ?? "").split(separator: ",").compactMap { LabelID($0) }
    guard labels.count == model.classes, let version = metadata["project.feature_version"].flatMap({ Int($0) }) else {
      throw StorageError.dataFolder(path: artifact, reason: "the model does not say what its classes are")
    }
    return ServingModel(
      round: round, model: model, labels: labels, featurizer: try features.featurizer(version, of: project),
      featureVersion: version)
  }

  /// What a file says of its committee; files of earlier versions have twenty passes of dropout.
  private static func committee(_ metadata: [String: String]) -> TrainerSettings.Committee {
    var committee = TrainerSettings.Committee()
    committee.kind = metadata["project.committee"].flatMap(TrainerSettings.Committee.Kind.init) ?? committee.kind
    committee.size = metadata["project.committee_size"].flatMap { Int($0) } ?? committee.size
    return committee
  }

  /// The bytes of a model file.
  func bytes(of artifact: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: folder.path + "/" + artifact) else {
      throw StorageError.dataFolder(path: artifact, reason: "the model file is missing")
    }
    return Array(data)
  }

  /// Removes a project's models.
  func forget(_ project: ProjectID) {
    serving.withLock { $0[project] = nil }
    try? FileManager.default.removeItem(atPath: "\(folder.path)/models/\(project)")
  }
}
