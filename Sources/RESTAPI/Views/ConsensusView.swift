import Domain
import Labeling
import Storage

enum ConsensusView {
  static func json(_ report: AgreementReport, names: [UserID: String]) -> JSONValue {
    [
      "items": .integer(Int64(report.items)), "items_with_several": .integer(Int64(report.several)),
      "disputed": .integer(Int64(report.disputed)), "opinions": .integer(Int64(report.opinions)),
      "krippendorff_alpha": .optional(report.alpha),
      "alpha_per_label": .object(report.alphaPerLabel.map { (key: $0.label, value: .optional($0.alpha)) }),
      "fleiss_kappa": report.fleiss.map {
        ["value": .number($0.value), "raters": .integer(Int64($0.raters)), "items": .integer(Int64($0.items))]
      } ?? .null,
      "cohen_kappa": .array(
        report.pairs.map {
          [
            "annotators": [name($0.first, names), name($0.second, names)], "items": .integer(Int64($0.items)),
            "agreement": .number($0.agreement), "kappa": .optional($0.kappa),
          ]
        }),
      "annotators": .array(
        report.annotators.map {
          [
            "id": .string("\($0.user)"), "name": name($0.user, names), "labels": .integer(Int64($0.labels)),
            "agreement_with_consensus": .optional($0.agreementWithConsensus),
            "agreement_with_others": .optional($0.agreementWithOthers), "reliability": .optional($0.reliability),
            "median_ms": .optional($0.medianMilliseconds),
            "skips": .integer(Int64($0.activity.skips)), "flags": .integer(Int64($0.activity.flags)),
            "adjudicated": .integer(Int64($0.adjudicated)),
            "right_by_adjudication": .optional($0.rightByAdjudication),
            "last_at": .optional($0.activity.lastAt.map { "\($0)" }),
          ]
        }), "method": .string(report.method), "reason": .optional(report.reason),
    ]
  }

  static func json(_ entry: Disagreement, project: ProjectID, names: [UserID: String]) -> JSONValue {
    [
      "item": ItemView.json(entry.item, content: entry.content, project: project),
      "opinions": .array(
        entry.opinions.map { ["annotator": name($0.annotator, names), "labels": list($0.labels)] }),
      "consensus": list(entry.consensus), "probability": .number(entry.probability),
      "probabilities": .object(entry.probabilities.map { (key: $0.label, value: .number($0.probability)) }),
      "adjudicated": .bool(entry.isAdjudicated),
    ]
  }

  static func json(_ error: LabelError, project: ProjectID) -> JSONValue {
    [
      "item": ItemView.json(error.item, content: error.content, project: project), "given": list(error.given),
      "suggested": list(error.suggested), "quality": .number(error.quality),
      "probabilities": .object(error.probabilities.map { (key: $0.label, value: .number($0.probability)) }),
      "opinions": .integer(Int64(error.opinions)),
    ]
  }

  static func json(_ entry: Adjudication, key: String, project: Project, names: [UserID: String]) -> JSONValue {
    [
      "id": .string("\(entry.id)"), "item": .string("\(entry.item)"), "key": .string(key),
      "labels": entry.isWithdrawn ? .null : list(entry.labels.compactMap { project.label($0)?.name }),
      "withdrawn": .bool(entry.isWithdrawn), "note": .optional(entry.note), "adjudicator": name(entry.user, names),
      "created_at": .string("\(entry.createdAt)"),
    ]
  }

  private static func name(_ user: UserID, _ names: [UserID: String]) -> JSONValue { .string(names[user] ?? "") }

  private static func list(_ names: [String]) -> JSONValue { .array(names.map(JSONValue.string)) }
}
