extension TrainingConfiguration {
  /// Checks that every setting is in its range, and that they go together.
  func validate(classes: Int) throws(LearningError) {
    try architecture.validate()
    try optimizer.validate()
    try schedule.validate()
    try classWeights.validate(classes: classes)
    if epochs < 1 { throw .invalidConfiguration("epochs is \(epochs), but must be at least 1") }
    if batchSize < 1 { throw .invalidConfiguration("batchSize is \(batchSize), but must be at least 1") }
    if !(learningRate > 0 && learningRate.isFinite) {
      throw .invalidConfiguration("learningRate is \(learningRate), but must be above 0")
    }
    if !(l1 >= 0 && l2 >= 0 && weightDecay >= 0) {
      throw .invalidConfiguration("l1, l2 and weightDecay cannot be negative")
    }
    if !(labelSmoothing >= 0 && labelSmoothing < 1) {
      throw .invalidConfiguration("labelSmoothing is \(labelSmoothing), but must be in 0..<1")
    }
    if let gradientClipping, !(gradientClipping > 0) {
      throw .invalidConfiguration("gradientClipping is \(gradientClipping), but must be above 0")
    }
    if let rule = earlyStopping, !(rule.fraction > 0 && rule.fraction <= 0.5 && rule.patience >= 1) {
      throw .invalidConfiguration("earlyStopping needs a fraction in 0...0.5 and a patience of at least 1")
    }
    if case .lbfgs = optimizer {
      if architecture != .linear { throw .invalidConfiguration("L-BFGS trains linear models only; use adam") }
      if l1 > 0 { throw .invalidConfiguration("L-BFGS needs a smooth loss: set l1 to 0 or use adam") }
    }
  }
}
