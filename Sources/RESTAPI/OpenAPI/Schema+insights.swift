import Domain

/// What `insights` answers with.
extension Schema {
  private static let interval = answer(["lower": number, "upper": number])

  private static let measuredPoint = answer(["labels": integer, "value": number, "interval": interval])

  private static let roundPoint = answer(
    ["round": integer, "labels": integer, "value": number, "interval": interval],
    optional: [
      "macro_f1": number, "negative_log_likelihood": number, "expected_calibration_error": number, "strategy": text,
    ])

  private static let comparison = answer(
    [
      "verdict": choice(["ahead", "not_ahead", "behind", "unknown"]), "sentence": text,
      "rows": list(
        answer([
          "labels": integer, "active": measuredPoint, "random": measuredPoint, "difference": number,
          "interval": interval, "is_extrapolated": boolean,
        ])),
    ], optional: ["random_labels_for_same": integer])

  private static let learningCurve = answer(
    [
      "metric": choice(["accuracy", "label_ranking_average_precision"]), "active": list(roundPoint),
      "random": list(measuredPoint), "random_forecast": list(measuredPoint), "comparison": comparison,
    ],
    optional: [
      "forecast": answer([
        "asymptote": number, "scale": number, "exponent": number, "gain": number, "gain_interval": interval,
      ])
    ])

  private static let stopping = answer([
    "advice": choice(["stop", "go_on", "too_early"]), "sentence": text,
    "criteria": list(
      answer(["name": text, "threshold": number, "is_met": boolean], optional: ["value": number])),
  ])

  private static let datasetMap = answer([
    "count": integer, "checkpoints": integer,
    "items": list(
      answer([
        "item": text, "key": text, "labels": list(text), "confidence": share, "variability": number,
        "correctness": share, "region": choice(["easy", "ambiguous", "hard"]),
      ])),
  ])

  private static let excludedSummary = answer(
    ["count": integer, "groups": list(answer(["count": integer], optional: ["group": integer]))],
    optional: ["method": text, "estimated_share": share, "reason": text])

  static let insights = answer(
    [
      "labels": list(answer(["label": text, "training": integer, "evaluation": integer])),
      "costs": list(
        answer(
          ["round": integer, "labels": integer, "seconds": number, "operations": number],
          optional: ["value": number, "parameters": integer, "peak_memory": integer])), "notes": list(text),
    ],
    optional: [
      "round": integer, "learning_curve": learningCurve, "stopping": stopping, "dataset_map": datasetMap,
      "excluded": excludedSummary, "calibration": anyObject,
    ])
}
