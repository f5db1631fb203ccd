import Domain
import Labeling

/// The schemas of the contract's documents, as JSON Schema.
enum Schema {
  static let text: JSONValue = ["type": "string"]
  static let boolean: JSONValue = ["type": "boolean"]
  static let number: JSONValue = ["type": "number"]
  static let integer: JSONValue = ["type": "integer"]
  static let share: JSONValue = ["type": "number", "minimum": 0, "maximum": 1]
  static let time: JSONValue = ["type": "string", "format": "date-time"]
  static let anyObject: JSONValue = ["type": "object"]

  static func integer(_ range: ClosedRange<Int>) -> JSONValue {
    [
      "type": "integer", "minimum": .integer(Int64(range.lowerBound)), "maximum": .integer(Int64(range.upperBound)),
    ]
  }

  static func choice(_ values: [String]) -> JSONValue {
    ["type": "string", "enum": .array(values.map(JSONValue.string))]
  }

  static func names<Value: RawRepresentable<String> & CaseIterable>(_ type: Value.Type) -> JSONValue {
    choice(type.allCases.map(\.rawValue))
  }

  static func range(_ minimum: Double, _ maximum: Double) -> JSONValue {
    ["type": "number", "minimum": .number(minimum), "maximum": .number(maximum)]
  }

  static func list(_ element: JSONValue) -> JSONValue { ["type": "array", "items": element] }

  /// An identifier, as it came from the server.
  static let identifier: JSONValue = ["type": "string", "pattern": "^[1-9][0-9]{0,17}$"]

  /// Text in an address, which holds no zero byte.
  static let addressText: JSONValue = ["type": "string", "pattern": "^[^\\u0000]*$"]

  /// A user's identifier, or oneself.
  static let userOrMe: JSONValue = ["type": "string", "pattern": "^(me|[1-9][0-9]{0,17})$"]

  /// A user's identifier, oneself, or everybody.
  static let userOrAll: JSONValue = ["type": "string", "pattern": "^(me|all|[1-9][0-9]{0,17})$"]

  static func text(_ length: ClosedRange<Int>) -> JSONValue {
    [
      "type": "string", "minLength": .integer(Int64(length.lowerBound)),
      "maxLength": .integer(Int64(length.upperBound)),
    ]
  }

  /// A name of one line; its length is counted in bytes, which JSON Schema has no word for.
  static let name: JSONValue = [
    "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000-\\u001f]+$",
    "description": "1 to 200 bytes of UTF-8 without control characters",
  ]

  static func object(_ properties: KeyValuePairs<String, JSONValue>, required: [String] = []) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("type", "object"), ("properties", .object(properties.map { (key: $0.key, value: $0.value) })),
    ]
    if !required.isEmpty { members.append(("required", .array(required.map(JSONValue.string)))) }
    return .object(members)
  }

  static func nullable(_ schema: JSONValue) -> JSONValue { ["anyOf": [schema, ["type": "null"]]] }

  static func page(_ element: JSONValue) -> JSONValue {
    answer(["items": list(element), "next_cursor": nullable(text)])
  }

  static let paging: [Endpoint.Parameter] = [
    .init(name: "limit", schema: integer(1...1000), summary: "Elements of a page (default 100)"),
    .init(name: "cursor", schema: identifier, summary: "next_cursor of the page before"),
  ]

  static let ifNoneMatch = Endpoint.Parameter(
    name: "If-None-Match", schema: text, summary: "Answer 304 where this is the ETag still")

  static let label = object(
    [
      "name": name, "description": nullable(text),
      "hotkey": nullable(["type": "string", "minLength": 1, "description": "One character, and not the space"]),
      "color": nullable(["type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"]),
    ], required: ["name"])

  static let outlierFilter = object([
    "method": choice(LabelingService.outlierFilterNames), "fraction": range(0, 0.9),
  ])

  static let trainer = object([
    "kind": choice(["embedded"]), "model": names(TrainerSettings.Model.self), "hidden": integer(1...4096),
    "dropout": range(0, 0.9), "activation": names(TrainerSettings.Activation.self),
    "normalization": names(TrainerSettings.Normalization.self), "epochs": integer(1...10_000),
    "learning_rate": range(1e-6, 1), "optimizer": names(TrainerSettings.Optimizer.self), "momentum": range(0, 0.999),
    "schedule": names(TrainerSettings.Schedule.self), "warm_up": range(0, 0.5), "l1": range(0, 1), "l2": range(0, 1),
    "label_smoothing": range(0, 0.5), "gradient_clipping": range(0, 1000),
    "class_weights": names(TrainerSettings.ClassWeights.self),
    "early_stopping": names(TrainerSettings.EarlyStopping.self), "warm_start": boolean,
    "curriculum": names(TrainerSettings.Curriculum.self),
    "committee": object(["kind": names(TrainerSettings.Committee.Kind.self), "size": integer(1...100)]),
    "committee_size": integer(1...100),
  ])

  static let settings = object([
    "batch_size": integer(1...100_000), "overlap": integer(1...100), "lease_seconds": integer(1...604_800),
    "max_leases": integer(1...100_000), "strategy": strategyChoice,
    "outlier_filter": outlierFilter,
    "evaluation_fraction": ["type": "number", "minimum": 0, "maximum": 0.9],
    "trainer": trainer,
    "consensus": object(["method": names(ConsensusSettings.Method.self)]),
    "ask_again": object(["enabled": boolean, "fraction": range(0, 0.9), "max_opinions": integer(2...100)]),
    "pre_annotation": boolean, "seed": integer(0...Int.max),
  ])

  static func projectDraft(creating: Bool) -> JSONValue {
    object(
      [
        "name": name, "modality": choice(Modality.allCases.map(\.rawValue)),
        "task": choice(LabelingTask.allCases.map(\.rawValue)),
        "labels": ["type": "array", "items": label, "minItems": 1, "maxItems": 1000], "guidelines": text,
        "settings": settings,
      ], required: creating ? ["name", "modality", "labels"] : [])
  }

  static let itemRow = object([
    "key": text, "text": text, "image": text, "vector": list(number), "embedding": list(number), "meta": anyObject,
    "label": text, "labels": list(text), "predictions": anyObject,
  ])

  /// Rows of which a bad one is rejected by itself, whatever it is, and does not sink the others.
  static func rows(_ row: JSONValue) -> JSONValue {
    list(["anyOf": [row, ["description": "Anything else is not taken; the answer says why, by its place"]]])
  }

  /// An item by the server's identifier or by the caller's own key, with more members.
  private static func oneItem(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    let others = members.map { (key: $0.key, value: $0.value) }
    let none: JSONValue = ["type": "null"]
    return [
      "anyOf": .array(
        [("item", identifier, "key"), ("key", text, "item")].map { given, schema, missing in
          [
            "type": "object", "properties": .object([(given, schema), (missing, none)] + others),
            "required": [.string(given)],
          ]
        })
    ]
  }

  private static let oneAnnotation = oneItem([
    "outcome": choice(Outcome.allCases.map(\.name)), "labels": list(text), "lease": identifier,
    "duration_ms": integer(0...Int.max), "note": text(0...AnnotationBody.noteLimit),
  ])

  /// One annotation, or many.
  static let annotation: JSONValue = [
    "anyOf": [object(["annotations": rows(oneAnnotation)], required: ["annotations"]), oneAnnotation]
  ]

  static let annotationChange: JSONValue = [
    "type": "object",
    "properties": [
      "outcome": choice(Outcome.allCases.map(\.name)), "labels": list(text),
      "note": text(0...AnnotationBody.noteLimit),
    ], "minProperties": 1,
  ]

  static let adjudicationDraft = oneItem([
    "labels": list(text), "withdraw": boolean, "note": text(0...AnnotationBody.noteLimit),
  ])
}
