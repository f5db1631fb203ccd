/// A label as a client describes it.
public struct LabelDraft: Sendable, Equatable, Decodable {
  /// Its name.
  public var name: String
  /// What it means.
  public var description: String?
  /// The key that chooses it.
  public var hotkey: String?
  /// Its colour as `#rrggbb`.
  public var color: String?

  enum CodingKeys: String, CodingKey, CaseIterable { case name, description, hotkey, color }

  /// Describes a label.
  public init(name: String, description: String? = nil, hotkey: String? = nil, color: String? = nil) {
    self.name = name
    self.description = description
    self.hotkey = hotkey
    self.color = color
  }

  /// Reads a label, refusing unknown members.
  public init(from decoder: any Decoder) throws {
    try StrictKeys.check(decoder, known: CodingKeys.allCases.map(\.rawValue))
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    description = try container.decodeIfPresent(String.self, forKey: .description)
    hotkey = try container.decodeIfPresent(String.self, forKey: .hotkey)
    color = try container.decodeIfPresent(String.self, forKey: .color)
  }

  /// Checks a project's whole list of labels.
  ///
  /// - Returns: every complaint with its pointer below `/labels`.
  public static func complaints(about labels: [LabelDraft]) -> [FieldError] {
    var errors: [FieldError] = []
    if labels.isEmpty { errors.append(FieldError("/labels", "A project needs at least one label.")) }
    if labels.count > 1000 { errors.append(FieldError("/labels", "At most 1000 labels are allowed.")) }
    var names: Set<String> = []
    var hotkeys: Set<String> = []
    for (index, label) in labels.enumerated() {
      let place = "/labels/\(index)"
      if label.name.isEmpty || label.name.utf8.count > 200 {
        errors.append(FieldError(place + "/name", "A label's name has 1 to 200 bytes."))
      }
      if label.name.unicodeScalars.contains(where: { $0.value < 32 }) {
        errors.append(FieldError(place + "/name", "A label's name holds no control characters."))
      }
      if !names.insert(label.name).inserted {
        errors.append(FieldError(place + "/name", "The name “\(label.name)” stands twice."))
      }
      if let complaint = FieldError.ifNUL(in: label.description, at: place + "/description") {
        errors.append(complaint)
      }
      if let hotkey = label.hotkey {
        if hotkey.count != 1 || hotkey == " " {
          errors.append(FieldError(place + "/hotkey", "A hotkey is one character, and not the space, which skips."))
        } else if !hotkeys.insert(hotkey.lowercased()).inserted {
          errors.append(FieldError(place + "/hotkey", "The hotkey “\(hotkey)” stands twice."))
        }
      }
      if let color = label.color, !isColor(color) {
        errors.append(FieldError(place + "/color", "A colour is written #rrggbb."))
      }
    }
    return errors
  }

  private static func isColor(_ text: String) -> Bool {
    text.utf8.count == 7 && text.utf8.first == UInt8(ascii: "#") && text.dropFirst().allSatisfy(\.isHexDigit)
  }
}

/// A project as a client describes it: to create one, or (where members are missing) to change one.
public struct ProjectDraft: Sendable, Decodable {
  /// Its name.
  public var name: String?
  /// What its pool holds.
  public var modality: Modality?
  /// What is asked.
  public var task: LabelingTask?
  /// Its labels; those of the same name keep their identity.
  public var labels: [LabelDraft]?
  /// Instructions in Markdown.
  public var guidelines: String?
  /// The settings that differ from the defaults, or that change.
  public var settings: SettingsPatch?

  enum CodingKeys: String, CodingKey, CaseIterable { case name, modality, task, labels, guidelines, settings }

  /// Describes a project.
  public init(
    name: String? = nil, modality: Modality? = nil, task: LabelingTask? = nil, labels: [LabelDraft]? = nil,
    guidelines: String? = nil, settings: SettingsPatch? = nil
  ) {
    self.name = name
    self.modality = modality
    self.task = task
    self.labels = labels
    self.guidelines = guidelines
    self.settings = settings
  }

  /// Reads a description, refusing unknown members and values that are not offered.
  public init(from decoder: any Decoder) throws {
    try StrictKeys.check(decoder, known: CodingKeys.allCases.map(\.rawValue))
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    modality = try Self.choice(container, .modality, of: Modality.self)
    task = try Self.choice(container, .task, of: LabelingTask.self)
    labels = try container.decodeIfPresent([LabelDraft].self, forKey: .labels)
    guidelines = try container.decodeIfPresent(String.self, forKey: .guidelines)
    settings = try container.decodeIfPresent(SettingsPatch.self, forKey: .settings)
  }

  private static func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys, of type: Value.Type
  ) throws -> Value? {
    guard let text = try container.decodeIfPresent(String.self, forKey: key) else { return nil }
    guard let value = Value(rawValue: text) else {
      throw ValidationError(
        "/" + key.rawValue,
        "“\(text)” is not offered. Offered: \(Value.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    return value
  }

  /// What is wrong with the members that are given, whatever else the project has.
  public func complaints() -> [FieldError] {
    var errors: [FieldError] = []
    if let name, name.isEmpty || name.utf8.count > 200 || name.unicodeScalars.contains(where: { $0.value < 32 }) {
      errors.append(FieldError("/name", "A name has 1 to 200 bytes and no control characters."))
    }
    if let labels { errors += LabelDraft.complaints(about: labels) }
    if let guidelines, guidelines.utf8.count > 100_000 {
      errors.append(FieldError("/guidelines", "Guidelines have at most 100,000 bytes."))
    }
    if let complaint = FieldError.ifNUL(in: guidelines, at: "/guidelines") { errors.append(complaint) }
    return errors
  }
}
