import Domain

/// What the engineer's pages ask for.
extension Schema {
  static let queueHead = answer([
    "round": nullable(integer), "strategy_used": text, "reason": nullable(text), "remaining": integer,
    "urgent": integer, "leased": integer, "evaluation_fraction": share,
    "items": list(
      answer(["item": item, "rank": integer, "utility": number, "prediction": nullable(prediction)])),
  ])

  static let evaluation = answer([
    "round": nullable(integer), "items": integer, "labels": list(text), "confusion": list(list(integer)),
    "per_label": list(answer(["label": text, "hits": integer, "missed": integer, "false_alarms": integer])),
    "calibration": list(
      answer(["count": integer, "confidence": share, "accuracy": share, "interval": list(share)])),
    "reason": nullable(text),
  ])

  static let evaluatedItem = answer(["item": item, "labels": list(text), "prediction": prediction])

  private static let poolRow = answer([
    "item": item, "labels": list(text), "annotators": list(text),
    "guess": nullable(answer(["label": text, "probability": share])),
    "flags": list(answer(["annotator": nullable(text), "note": nullable(text), "created_at": time])),
  ])

  /// A page may be short although more is to come: `progress` says how far into the pool it has looked.
  static let poolPage = answer(["items": list(poolRow), "next_cursor": nullable(text), "progress": share])

  static let story = answer([
    "served": list(
      answer([
        "lease": text, "annotator": nullable(text), "issued_at": time, "expires_at": time,
        "ended": nullable(choice(["answered", "released", "expired", "withdrawn"])), "strategy": text,
        "round": nullable(integer), "rank": nullable(integer), "utility": nullable(number),
        "propensity": nullable(number), "evaluation": boolean,
      ])), "predictions": list(prediction),
  ])
}
