import Domain

/// What several annotators agree on, as the server answers it.
extension Schema {
  static let agreement = answer([
    "items": integer, "items_with_several": integer, "disputed": integer, "opinions": integer,
    "krippendorff_alpha": nullable(number), "alpha_per_label": table(nullable(number)),
    "fleiss_kappa": nullable(answer(["value": number, "raters": integer, "items": integer])),
    "cohen_kappa": list(
      answer(["annotators": list(text), "items": integer, "agreement": share, "kappa": nullable(number)])),
    "annotators": list(
      answer([
        "id": text, "name": text, "labels": integer, "agreement_with_consensus": nullable(share),
        "agreement_with_others": nullable(share), "reliability": nullable(share), "median_ms": nullable(number),
        "skips": integer, "flags": integer, "adjudicated": integer, "right_by_adjudication": nullable(share),
        "last_at": nullable(time),
      ])), "method": choice(["majority", "dawid_skene"]), "reason": nullable(text),
  ])

  static let disagreements = answer([
    "items": list(
      answer([
        "item": item, "opinions": list(answer(["annotator": text, "labels": list(text)])), "consensus": list(text),
        "probability": share, "probabilities": table(share), "adjudicated": boolean,
      ])), "next_cursor": nullable(text), "open": integer, "settled": integer,
    "method": choice(["majority", "dawid_skene"]), "reason": nullable(text),
  ])

  static let labelErrors = answer([
    "items": list(
      answer([
        "item": item, "given": list(text), "suggested": list(text), "quality": share, "probabilities": table(share),
        "opinions": integer,
      ])), "next_cursor": nullable(text), "suspected": integer, "examined": integer, "reason": nullable(text),
  ])

  static let adjudication = answer([
    "id": text, "item": text, "key": text, "labels": nullable(list(text)), "withdrawn": boolean,
    "note": nullable(text), "adjudicator": text, "created_at": time,
  ])
}
