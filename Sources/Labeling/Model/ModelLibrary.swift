import Domain
import Features
import Foundation
import Learning
import Storage
import Synchronization

/// The model that answers for a project at present.
struct ServingModel: Sendable {
  /// The round that trained it.
  let round: Int
  /// The network.
  let model: TrainedModel
  /// The label that each of its classes stands for.
  let labels: [LabelID]
  /// The featurizer that its inputs come from.
  let featurizer: AnyFeaturizer
  /// The featurizer's version.
  let featureVersion: Int
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
    let model = try load(artifact, round: round.number, project: project)
    return serving.withLock { serving in
      // A later round may have begun to serve while this one's file was read.
      if let newer = serving[project], newer.round > model.round { return newer }
      serving[project] = model
      return model
    }
  }

  /// Makes a model the one that answers.
  func serve(_ model: ServingModel?, for project: ProjectID) { serving.withLock { $0[project] = model } }

  /// Writes a round's model.
  ///
  /// - Returns: its name below the data folder.
  func save(
    _ model: TrainedModel, labels: [LabelDefinition], featureVersion: Int, round: Int, project: ProjectID
  ) throws -> String {
    let name = folder.modelName(project: "\(project)", round: round)
    let bytes = try model.safetensors(metadata: [
      "project.labels": labels.map { "\($0.id)" }.joined(separator: ","),
      "project.label_names": JSONValue.array(labels.map { .string($0.name) }).text(),
      "project.feature_version": "\(featureVersion)", "project.round": "\(round)",
    ])
    try folder.writeDurably(bytes, to: folder.path + "/" + name)
    return name
  }

  /// Reads a round's model.
  func load(_ artifact: String, round: Int, project: ProjectID) throws -> ServingModel {
    let bytes = try self.bytes(of: artifact)
    let model = try TrainedModel(safetensors: bytes)
    let labels = (model.metadata["project.labels"] ?? "").split(separator: ",").compactMap { LabelID($0) }
    guard labels.count == model.classes, let version = model.metadata["project.feature_version"].flatMap({ Int($0) })
    else {
      throw StorageError.dataFolder(path: artifact, reason: "the model does not say what its classes are")
    }
    return ServingModel(
      round: round, model: model, labels: labels, featurizer: try features.featurizer(version, of: project),
      featureVersion: version)
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
