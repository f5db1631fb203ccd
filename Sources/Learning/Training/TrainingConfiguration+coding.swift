extension TrainingConfiguration {
  enum CodingKeys: String, CodingKey {
    case architecture, epochs, minimumSteps, maximumSteps, batchSize, learningRate, optimizer, schedule, l1, l2
    case weightDecay, labelSmoothing, classWeights, gradientClipping, earlyStopping, seed
  }

  /// Reads a configuration; settings that earlier versions did not write take their defaults.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(architecture: try values.decode(Architecture.self, forKey: .architecture))
    epochs = try values.decode(Int.self, forKey: .epochs)
    minimumSteps = try values.decode(Int.self, forKey: .minimumSteps)
    maximumSteps = try values.decode(Int.self, forKey: .maximumSteps)
    batchSize = try values.decode(Int.self, forKey: .batchSize)
    learningRate = try values.decode(Float.self, forKey: .learningRate)
    l2 = try values.decode(Float.self, forKey: .l2)
    weightDecay = try values.decode(Float.self, forKey: .weightDecay)
    earlyStopping = try values.decodeIfPresent(EarlyStopping.self, forKey: .earlyStopping)
    seed = try values.decode(UInt64.self, forKey: .seed)
    optimizer = try values.decodeIfPresent(Optimizer.self, forKey: .optimizer) ?? optimizer
    schedule = try values.decodeIfPresent(LearningRateSchedule.self, forKey: .schedule) ?? schedule
    l1 = try values.decodeIfPresent(Float.self, forKey: .l1) ?? l1
    labelSmoothing = try values.decodeIfPresent(Float.self, forKey: .labelSmoothing) ?? labelSmoothing
    classWeights = try values.decodeIfPresent(ClassWeights.self, forKey: .classWeights) ?? classWeights
    gradientClipping = try values.decodeIfPresent(Float.self, forKey: .gradientClipping)
  }
}
