public import Domain
import Features
import Foundation
public import Sampling
import Storage

/// What a stream strategy said about an item.
public struct StreamAnswer: Sendable {
  /// The item's key.
  public var key: String
  /// Whether it is asked, and why.
  public var decision: StreamDecision
  /// What the model says.
  public var prediction: Prediction?
  /// The item in the pool, where it was asked.
  public var item: ItemID?
}

extension LabelingService {
  /// Decides item by item whether to ask a person; what is asked joins the pool and goes before the ranking.
  ///
  /// The stream's state is written with its decisions, so it survives restarts.
  ///
  /// - Parameters:
  ///   - budget: the share of items that may be asked, in `0...1`.
  ///   - strategy: a stream strategy's name.
  /// - Returns: for each row, in order, the answer or what is wrong with the row.
  public func stream(
    _ rows: [Result<ItemRow, FieldError>], in project: ProjectID, by user: User, budget: Double, strategy name: String
  ) async throws -> [Result<StreamAnswer, FieldError>] {
    let definition = try overview(of: project).project
    let strategy: any StreamStrategy
    do {
      strategy = try StreamStrategyRegistry.make(name: name)
    } catch {
      throw LabelingError.invalid("/strategy", "\(error)")
    }
    guard (0...1).contains(budget) else {
      throw LabelingError.invalid("/budget", "A budget is the share of items that may be asked, from 0 to 1.")
    }
    let serving = try models.current(project)
    let check = RowCheck(project: definition, blobs: blobs)
    let prepared = try await compute.run { [self] in
      try rows.enumerated().map { number, row -> Result<(CheckedRow, Prediction?), FieldError> in
        switch row {
        case .failure(let error): return .failure(error)
        case .success(let value):
          switch try check.check(value, number: number) {
          case .failure(let error): return .failure(error)
          case .success(let checked):
            guard let serving, let raw = try? Self.rawItem(of: value, modality: definition.modality).get(),
              let prediction = try? prediction(of: [raw], by: serving, project: definition)[0]
            else { return .success((checked, nil)) }
            return .success((checked, prediction))
          }
        }
      }
    }
    let (now, blobs) = (clock(), blobs)
    let answers = try await onBoard(project) { board, connection in
      var state =
        try connection.streamState(of: project, strategy: name, budget: budget)
        .flatMap { try? JSONDecoder().decode(StreamState.self, from: Data($0.utf8)) }
        ?? StreamState(seed: definition.settings.seed)
      var answers: [Result<StreamAnswer, FieldError>] = []
      for row in prepared {
        switch row {
        case .failure(let error): answers.append(.failure(error))
        case .success((let checked, let prediction)):
          let probabilities = prediction.map { $0.distribution(task: definition.task) }
          let decision = try strategy.decide(probabilities: probabilities, budget: budget, state: state)
          var item: ItemID?
          if decision.isQuery {
            let outcome = try board.insert(
              [checked], by: user, urgent: true, now: now, blobs: blobs, connection: connection)
            if let rejected = outcome.rejected.first {
              // It was not asked, so it costs nothing.
              answers.append(.failure(rejected.error))
              continue
            }
            item = try outcome.created.values.first ?? connection.item(key: checked.item.key, in: project)?.id
          }
          try state.commit(decision)
          answers.append(
            .success(StreamAnswer(key: checked.item.key, decision: decision, prediction: prediction, item: item)))
        }
      }
      let text = String(decoding: try JSONEncoder().encode(state), as: UTF8.self)
      try connection.saveStreamState(text, of: project, strategy: name, budget: budget)
      return answers
    }
    return answers
  }
}

extension Prediction {
  /// The probabilities as a distribution, as stream strategies take them.
  ///
  /// Of independent labels the mean sureness of the decisions stands for them, against its opposite: as pool strategies take
  /// the mean of what the labels are worth.
  fileprivate func distribution(task: LabelingTask) -> [Float] {
    guard task == .multiLabel else { return probabilities.map { Float($0.probability) } }
    guard !probabilities.isEmpty else { return [1] }
    let sure = probabilities.reduce(0) { $0 + max($1.probability, 1 - $1.probability) } / Double(probabilities.count)
    return [Float(sure), Float(1 - sure)]
  }
}
