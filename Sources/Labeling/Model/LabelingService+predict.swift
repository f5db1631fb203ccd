public import Domain
import Features
import Sampling
import Storage
import Tensors

/// What a model says about an item.
public struct Prediction: Sendable {
  /// The round whose model says it.
  public var round: Int
  /// The label that it holds most probable.
  public var label: String
  /// The labels that it would give: that one, or where an item may have several all those that are likelier than not.
  public var labels: [String]
  /// The probability of each label, in the project's order.
  public var probabilities: [(label: String, probability: Double)]
}

extension LabelingService {
  /// Predicts items that need not be in the pool.
  ///
  /// - Returns: for each row its prediction, or what is wrong with it.
  /// - Throws: ``LabelingError/conflict(_:)`` while there is no model.
  public func predict(_ rows: [ItemRow], in project: ProjectID) async throws -> [Result<Prediction, FieldError>] {
    let definition = try overview(of: project).project
    guard let serving = try models.current(project) else {
      throw LabelingError.conflict("There is no model yet: label items of at least two labels, or start a round.")
    }
    return try await compute.run { [self] in
      try rows.map { row in
        switch Self.rawItem(of: row, modality: definition.modality) {
        case .failure(let error): return .failure(error)
        case .success(let item):
          do {
            return .success(try prediction(of: [item], by: serving, project: definition)[0])
          } catch FeatureError.row(_, let reason) {
            return .failure(
              FieldError("/\(row.embedding != nil ? "embedding" : definition.modality.rawValue)", "\(reason)"))
          }
        }
      }
    }
  }

  static func rawItem(of row: ItemRow, modality: Modality) -> Result<RawItem, FieldError> {
    if let embedding = row.embedding { return .success(.vector(embedding)) }
    switch modality {
    case .text: if let text = row.text { return .success(.text(text)) }
    case .vector: if let vector = row.vector { return .success(.vector(vector)) }
    case .image:
      if let bytes = row.imageBytes { return .success(.image(bytes)) }
      if let image = row.image, let bytes = RowCheck.base64(image) { return .success(.image(bytes)) }
    }
    return .failure(
      FieldError("/\(modality.rawValue)", "Missing, or not of the project's modality \(modality.rawValue)."))
  }

  func prediction(of items: [RawItem], by serving: ServingModel, project: Project) throws -> [Prediction] {
    let features = try serving.featurizer.features(of: items, pool: nil)
    return try predictions(of: features.view, by: serving, project: project)
  }

  func predictions(of features: MatrixView, by serving: ServingModel, project: Project) throws -> [Prediction] {
    let probabilities = try serving.probabilities(of: features, seed: project.settings.seed)
    return (0..<probabilities.rows).map { row in
      let pairs = serving.labels.enumerated().compactMap { index, id in
        project.label(id).map { (label: $0.name, probability: Double(probabilities[row, index])) }
      }
      let best = pairs.max { $0.probability < $1.probability }
      let label = best?.label ?? ""
      return Prediction(
        round: serving.round, label: label,
        labels: serving.model.isMultiLabel ? pairs.filter { $0.probability >= 0.5 }.map(\.label) : [label],
        probabilities: pairs)
    }
  }

  /// What the serving model says about an item of the pool; `nil` without a model or features.
  func prediction(forRow row: Int, in project: ProjectID) throws -> Prediction? {
    try predictions(forRows: [row], in: project)[row]
  }

  /// What the serving model says about items of the pool, by row.
  func predictions(forRows rows: [Int], in project: ProjectID) throws -> [Int: Prediction] {
    guard let serving = try models.current(project), let features = try features.current(project),
      features.version == serving.featureVersion
    else { return [:] }
    let covered = rows.filter { $0 < features.view.rows }
    guard !covered.isEmpty else { return [:] }
    let predictions = try predictions(
      of: features.view.gatherRows(covered).view, by: serving, project: try overview(of: project).project)
    return Dictionary(zip(covered, predictions)) { first, _ in first }
  }
}
