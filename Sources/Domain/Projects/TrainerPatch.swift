/// The trainer's settings that a client gives.
struct TrainerPatch: Sendable, Decodable {
  typealias Key = TrainerSettings.CodingKeys

  struct CommitteePatch: Sendable, Decodable {
    var kind: String?
    var size: Int?
    enum CodingKeys: String, CodingKey, CaseIterable { case kind, size }

    init(from decoder: any Decoder) throws {
      try StrictKeys.check(decoder, known: CodingKeys.allCases.map(\.rawValue))
      let container = try decoder.container(keyedBy: CodingKeys.self)
      kind = try container.decodeIfPresent(String.self, forKey: .kind)
      size = try container.decodeIfPresent(Int.self, forKey: .size)
    }
  }

  private var texts: [Key: String] = [:]
  private var numbers: [Key: Double] = [:]
  private var integers: [Key: Int] = [:]
  private var warmStart: Bool?
  private var committee: CommitteePatch?

  /// Reads the members, refusing unknown ones.
  init(from decoder: any Decoder) throws {
    try StrictKeys.check(decoder, known: Key.allCases.map(\.rawValue))
    try self.init(members: decoder.container(keyedBy: Key.self))
  }

  init(members container: KeyedDecodingContainer<Key>) throws {
    for key in Key.allCases {
      switch key {
      case .kind, .model, .activation, .normalization, .optimizer, .schedule, .classWeights, .earlyStopping,
        .curriculum:
        texts[key] = try container.decodeIfPresent(String.self, forKey: key)
      case .hidden, .epochs, .committeeSize: integers[key] = try container.decodeIfPresent(Int.self, forKey: key)
      case .dropout, .learningRate, .momentum, .warmUp, .l1, .l2, .labelSmoothing, .gradientClipping:
        numbers[key] = try container.decodeIfPresent(Double.self, forKey: key)
      case .warmStart: warmStart = try container.decodeIfPresent(Bool.self, forKey: key)
      case .committee: committee = try container.decodeIfPresent(CommitteePatch.self, forKey: key)
      }
    }
  }

  /// Changes the settings that are given and in range.
  func apply(to settings: inout TrainerSettings, _ check: inout RangeChecks) {
    func place(_ key: Key) -> String { "/trainer/\(key.rawValue)" }
    func choose<Value: RawRepresentable<String> & CaseIterable>(_ key: Key, into target: inout Value) {
      check.take(texts[key], place(key), into: &target)
    }
    func take(_ key: Key, _ range: ClosedRange<Double>, into target: inout Double) {
      check.take(numbers[key], place(key), range, into: &target)
    }
    check.take(texts[.kind], place(.kind), offered: ["embedded"], into: &settings.kind)
    choose(.model, into: &settings.model)
    check.take(integers[.hidden], place(.hidden), 1...4096, into: &settings.hidden)
    take(.dropout, 0...0.9, into: &settings.dropout)
    choose(.activation, into: &settings.activation)
    choose(.normalization, into: &settings.normalization)
    check.take(integers[.epochs], place(.epochs), 1...10_000, into: &settings.epochs)
    take(.learningRate, 1e-6...1, into: &settings.learningRate)
    choose(.optimizer, into: &settings.optimizer)
    take(.momentum, 0...0.999, into: &settings.momentum)
    choose(.schedule, into: &settings.schedule)
    take(.warmUp, 0...0.5, into: &settings.warmUp)
    take(.l1, 0...1, into: &settings.l1)
    take(.l2, 0...1, into: &settings.l2)
    take(.labelSmoothing, 0...0.5, into: &settings.labelSmoothing)
    take(.gradientClipping, 0...1000, into: &settings.gradientClipping)
    choose(.classWeights, into: &settings.classWeights)
    choose(.earlyStopping, into: &settings.earlyStopping)
    choose(.curriculum, into: &settings.curriculum)
    if let warmStart { settings.warmStart = warmStart }
    applyCommittee(to: &settings, &check)
  }

  private func applyCommittee(to settings: inout TrainerSettings, _ check: inout RangeChecks) {
    let before = settings.committee
    check.take(committee?.kind, "/trainer/committee/kind", into: &settings.committee.kind)
    if settings.committee.kind != before.kind {
      settings.committee.size = TrainerSettings.Committee.usualSize(of: settings.committee.kind)
    }
    check.take(integers[.committeeSize], "/trainer/committee_size", 1...100, into: &settings.committee.size)
    // Clients send back what they read with a change in one place: the name that says something new is meant.
    if let size = committee?.size, integers[.committeeSize] == nil || size != before.size {
      check.take(size, "/trainer/committee/size", 1...100, into: &settings.committee.size)
    }
    if settings.committee.kind == .ensemble, settings.committee.size > 20 {
      check.errors.append(
        FieldError("/trainer/committee/size", "An ensemble has at most 20 networks, each of which is trained."))
      settings.committee.size = 20
    }
  }
}
