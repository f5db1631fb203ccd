public import Domain
import Features
import Storage
import Tensors

/// Everything that happened to an item beside its annotations.
public struct ItemStory: Sendable {
  /// Each time that it was in somebody's hands, oldest first.
  public var served: [Serve]
  /// What the models of the last rounds say of it, oldest first.
  public var predictions: [Prediction]
}

extension LabelingService {
  /// Rounds whose models are asked about an item.
  private static let toldRounds = 12

  /// When an item was asked and why, and what each of the last rounds' models says of it.
  ///
  /// Models that read other features than the present ones, or that knew other labels, are passed over.
  /// - Complexity: a read, and up to twelve model files.
  public func story(of id: ItemID, in project: ProjectID) async throws -> ItemStory {
    let definition = try overview(of: project).project
    let (item, served, rounds) = try store.read { connection in
      guard let item = try connection.item(id, in: project) else {
        throw LabelingError.notFound("item \(id) in project \(project)")
      }
      return (
        item, try connection.serves(of: id),
        try connection.rounds(in: project, before: nil, limit: 10 * Self.toldRounds)
      )
    }
    let predictions = try await glance.run { [self] () -> [Prediction] in
      guard let features = try features.current(project), item.row < features.view.rows else { return [] }
      var told: [Prediction] = []
      for round in rounds where told.count < Self.toldRounds {
        guard let artifact = round.artifact, round.state == .serving || round.state == .superseded,
          var model = try? models.load(artifact, round: round.number, project: project),
          model.featureVersion == features.version
        else { continue }
        model.calibration = RoundReport(text: round.report).calibration?.scaling
        told += try self.predictions(of: features.view.gatherRows([item.row]).view, by: model, project: definition)
      }
      return told.reversed()
    }
    return ItemStory(served: served, predictions: predictions)
  }
}
