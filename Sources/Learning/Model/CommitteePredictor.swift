import Tensors

/// A model prepared to predict many small blocks of rows: the masks of all passes are drawn and folded into weights once.
struct CommitteePredictor: Sendable {
  let model: TrainedModel
  /// Nil where nothing is dropped.
  private let plan: DropoutPlan?

  /// - Parameter passes: with 1, or for a model without dropout, dropout is off.
  init(model: TrainedModel, passes: Int, seed: UInt64) {
    self.model = model
    plan = passes > 1 ? DropoutPlan(model.inference, model.outputKind, passes: passes, seed: seed) : nil
  }

  /// Predictions of one block on the calling thread, laid out by class where there are several passes.
  func predictions(of x: MatrixView) throws(LearningError) -> CommitteePredictions {
    guard let plan else { return CommitteePredictions(try model.probabilities(of: x)) }
    return plan.predictions(of: x)
  }
}

extension DropoutPlan {
  /// Predictions of one block, laid out as they are computed: `(passes, classes, rows)`.
  func predictions(of x: MatrixView) -> CommitteePredictions {
    let classes = inference.network.classes
    let count = passes * classes * x.rows
    let sharedWidth = stages[0].layer.inputs
    let later = x.rows * passes * (stages.dropLast().map(\.layer.outputs).max() ?? 0)
    let values = [Float](unsafeUninitializedCapacity: count) { result, initialized in
      initialized = count
      guard let target = result.baseAddress else { return }
      withUnsafeTemporaryAllocation(of: Float.self, capacity: x.rows * sharedWidth + 2 * later) { scratch in
        guard let base = scratch.baseAddress else { return }
        inference.run(x, layers: shared, into: base)
        var input = base
        for (step, stage) in stages.enumerated() {
          let output = step == stages.count - 1 ? target : base + x.rows * sharedWidth + step % 2 * later
          apply(stage, isFirst: step == 0, to: input, into: output, rows: x.rows)
          input = output
        }
      }
      switch kind {
      case .softmax:
        for pass in 0..<passes {
          softmaxColumnsInPlace(target + pass * classes * x.rows, rows: x.rows, columns: classes)
        }
      case .sigmoid: sigmoidInPlace(result)
      }
    }
    return CommitteePredictions(members: passes, items: x.rows, classes: classes, values: values, layout: .classes)
  }
}
