import Domain

/// Items, questions, leases, annotations and predictions, as the server answers them.
extension Schema {
  /// Members of which an item has the one of its project's modality.
  private static let content: KeyValuePairs<String, JSONValue> = [
    "text": text, "vector": list(number), "image_url": text,
  ]

  /// Where a question came from.
  private static let provenance: [(key: String, value: JSONValue)] = [
    ("strategy", text), ("round", nullable(integer)), ("rank", nullable(integer)), ("utility", nullable(number)),
    ("propensity", nullable(number)), ("evaluation", boolean),
  ]

  static let question = answer(["id": text, "key": text, "meta": nullable(anyObject)], optional: content)

  static let item = answer(
    [
      "id": text, "key": text, "meta": nullable(anyObject),
      "state": choice(["unlabelled", "leased", "labelled", "skipped", "excluded"]), "evaluation": boolean,
      "created_at": time,
    ], optional: content)

  static let itemDetail = extended(
    item, ["prediction": nullable(prediction), "exclusion": nullable(exclusion), "annotations": list(annotationView)])

  /// Why an item is kept out of queries.
  static let exclusion = answer([
    "method": text, "round": integer, "probability": share, "reason": text, "group": nullable(integer),
  ])

  static let excludedItem = extended(
    exclusion,
    ["item": item, "neighbours": list(answer(["item": text, "label": nullable(text)]))])

  static let excludedGroup = answer([
    "group": nullable(integer), "count": integer, "method": nullable(text), "reason": nullable(text),
    "probability": nullable(share), "items": list(item),
  ])

  static let prediction = answer([
    "round": integer, "label": text, "labels": list(text), "probabilities": table(share),
  ])

  static let served = with(
    provenance, answer(["lease": text, "expires_at": time, "item": question], optional: ["guess": nullable(guess)]))

  /// What the model would answer, with its confidence in each.
  static let guess = answer(["round": integer, "labels": list(answer(["name": text, "confidence": share]))])

  static let next = answer([
    "items": list(served), "lost": list(text), "reason": nullable(text), "strategy_used": text, "progress": progress,
    "round": nullable(roundGlance), "model": nullable(modelGlance),
  ])

  static let query = answer([
    "id": text, "round": nullable(integer), "strategy_used": text, "reason": nullable(text),
    "items": list(extended(served, ["probabilities": nullable(table(share))])),
    "excluded": answer(["outliers": integer, "duplicates": integer]),
  ])

  static let lease = answer(["lease": text, "expires_at": time])

  static let annotationView = with(
    provenance,
    answer([
      "id": text, "item": text, "annotator": nullable(text), "outcome": choice(Outcome.allCases.map(\.name)),
      "labels": list(text), "note": nullable(text), "duration_ms": nullable(integer), "created_at": time,
      "retracted_at": nullable(time), "replaced_by": nullable(text),
    ]))

  static let annotationListed = extended(annotationView, ["key": text, "text_preview": nullable(text)])

  /// What became of an annotation.
  static let receipt = answer(
    [
      "id": text, "item": text, "outcome": choice(Outcome.allCases.map(\.name)), "labels": list(text),
      "extra_opinion": boolean, "lease_ended": boolean, "repeated": boolean, "replaces": nullable(text),
      "created_at": time,
    ], optional: ["detail": text, "progress": progress])

  static let receipts = answer([
    "received": integer, "created": integer, "annotations": list(receipt), "rejected": list(rejection),
  ])

  static let undone = answer([
    "id": text, "undone": boolean, "item": ["anyOf": [question, answer(["id": text])]], "lease": nullable(text),
    "expires_at": nullable(time),
  ])

  static let streamDecision: JSONValue = [
    "anyOf": [
      answer([
        "row": integer, "key": text, "decision": choice(["query", "discard"]), "utility": number, "threshold": number,
        "budget_spent": number, "reason": nullable(text), "prediction": nullable(prediction), "item": nullable(text),
      ]), rejection,
    ]
  ]

  static let stream = answer(["items": list(streamDecision), "strategy_used": text])

  static let predictions = answer([
    "items": list(
      answer([
        "row": integer, "key": nullable(text), "label": text, "labels": list(text), "probabilities": table(share),
        "round": integer,
      ])),
    "rejected": list(rejection), "round": nullable(integer),
  ])

  /// An object with more members, all of them required.
  private static func extended(_ schema: JSONValue, _ more: KeyValuePairs<String, JSONValue>) -> JSONValue {
    with(more.map { (key: $0.key, value: $0.value) }, schema)
  }

  private static func with(_ more: [(key: String, value: JSONValue)], _ schema: JSONValue) -> JSONValue {
    guard case .object(let properties)? = schema["properties"], case .array(let required)? = schema["required"] else {
      return schema
    }
    return [
      "type": "object", "properties": .object(properties + more),
      "required": .array(required + more.map { .string($0.key) }),
    ]
  }
}
