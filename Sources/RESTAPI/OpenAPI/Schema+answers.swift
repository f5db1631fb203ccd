import Domain

/// The documents that the server answers with.
extension Schema {
  /// An object that always has these members, and may have the optional ones.
  static func answer(
    _ members: KeyValuePairs<String, JSONValue>, optional: KeyValuePairs<String, JSONValue> = [:]
  ) -> JSONValue {
    let all = members.map { (key: $0.key, value: $0.value) } + optional.map { (key: $0.key, value: $0.value) }
    return [
      "type": "object", "properties": .object(all), "required": .array(members.map { .string($0.key) }),
    ]
  }

  /// An object of values of one kind under names of the caller's.
  static func table(_ value: JSONValue) -> JSONValue { ["type": "object", "additionalProperties": value] }

  static let counts = answer([
    "items": integer, "unlabelled": integer, "labelled": integer, "skipped": integer, "excluded": integer,
    "leased": integer,
  ])

  static let roundGlance = answer([
    "n": integer, "state": choice(RoundState.allCases.map(\.rawValue)), "progress": share,
  ])

  static let modelGlance = answer([
    "round": integer, "accuracy": nullable(share), "accuracy_interval": nullable(list(share)),
    "micro_f1": nullable(share), "macro_f1": nullable(share), "label_ranking_average_precision": nullable(share),
    "evaluation_labels": integer,
  ])

  static let project = answer([
    "id": text, "name": text, "modality": choice(Modality.allCases.map(\.rawValue)),
    "task": choice(LabelingTask.allCases.map(\.rawValue)), "labels": list(label), "guidelines": text,
    "settings": settings, "counts": counts, "round": nullable(roundGlance), "model": nullable(modelGlance),
    "created_at": time,
  ])

  static let projectGlance = answer([
    "id": text, "name": text, "modality": choice(Modality.allCases.map(\.rawValue)),
    "task": choice(LabelingTask.allCases.map(\.rawValue)), "labels": integer, "counts": counts,
    "round": nullable(roundGlance), "model": nullable(modelGlance), "created_at": time,
  ])

  static let progress = answer(
    ["labelled": integer, "total": integer, "unlabelled": integer, "skipped": integer],
    optional: ["mine": integer, "since_round": integer])

  static let round = answer([
    "n": integer, "state": choice(RoundState.allCases.map(\.rawValue)), "trigger": text,
    "strategy_used": nullable(text), "reason": nullable(text), "report": anyObject, "seed": integer,
    "artifact": nullable(text), "error": nullable(text), "attempts": integer, "created_at": time,
    "started_at": nullable(time), "finished_at": nullable(time),
  ])

  static let strategy = answer([
    "name": text, "summary": text, "parameters": anyObject, "needs": list(text),
    "reference": nullable(answer(["paper": text, "year": integer, "url": nullable(text)])), "cost": text,
  ])

  static let rejection = answer(["row": integer, "pointer": text, "detail": text])

  static let importReport = answer([
    "received": integer, "created": integer, "duplicates": integer, "rejected_count": integer,
    "rejected": list(rejection),
  ])

  static let problem = answer(
    ["type": text, "title": text, "status": integer],
    optional: ["detail": text, "request_id": text, "errors": list(answer(["pointer": text, "detail": text]))])
}
