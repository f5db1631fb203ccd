import Domain
import Labeling

enum ItemView {
  /// An item with its content, as lists and queues show it.
  static func json(_ item: Item, content: ItemContent?, project: ProjectID, leased: Bool? = nil) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [("id", .string("\(item.id)")), ("key", .string(item.key))]
    members += self.content(content, of: item.id, project: project)
    members.append(("meta", item.meta.map(JSONValue.raw) ?? .null))
    members.append(("state", .string(leased == true && item.state == .unlabelled ? "leased" : item.state.name)))
    members.append(("evaluation", .bool(item.evaluation)))
    members.append(("created_at", .string("\(item.createdAt)")))
    return .object(members)
  }

  /// What the annotator sees: the content, and nothing that would bias an answer.
  static func question(_ item: Item, content: ItemContent, project: ProjectID) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [("id", .string("\(item.id)")), ("key", .string(item.key))]
    members += self.content(content, of: item.id, project: project)
    members.append(("meta", item.meta.map(JSONValue.raw) ?? .null))
    return .object(members)
  }

  static func content(_ content: ItemContent?, of item: ItemID, project: ProjectID) -> [(key: String, value: JSONValue)]
  {
    switch content {
    case .text(let text): [("text", .string(text))]
    case .vector(let values): [("vector", .array(values.map { .number(Double($0)) }))]
    case .image: [("image_url", .string("\(Endpoint.base)/projects/\(project)/items/\(item)/image"))]
    case nil: []
    }
  }

  /// An item in somebody's hands, and why it was asked.
  static func served(_ served: ServedItem, project: ProjectID) -> JSONValue {
    let provenance = served.lease.provenance
    return [
      "lease": .string("\(served.lease.id)"), "expires_at": .string("\(served.lease.expiresAt)"),
      "item": question(served.item, content: served.content, project: project),
      "strategy": .string(provenance.strategy), "round": .optional(provenance.round),
      "rank": .optional(provenance.rank),
      "utility": .optional(provenance.utility), "propensity": .optional(provenance.propensity),
      "evaluation": .bool(provenance.evaluation),
    ]
  }

  /// An item in somebody's hands with what the model would answer; `null` where it has no opinion, or may give none.
  static func served(_ served: ServedItem, project: ProjectID, guess: Prediction?) -> JSONValue {
    guard case .object(var members) = self.served(served, project: project) else { return .null }
    members.append(("guess", guess.map(self.guess) ?? .null))
    return .object(members)
  }

  private static func guess(_ prediction: Prediction) -> JSONValue {
    let confidence = Dictionary(
      prediction.probabilities.map { ($0.label, $0.probability) }, uniquingKeysWith: { first, _ in first })
    return [
      "round": .integer(Int64(prediction.round)),
      "labels": .array(
        prediction.labels.map { ["name": .string($0), "confidence": .number(confidence[$0, default: 0])] }),
    ]
  }

  static func probabilities(_ prediction: Prediction?) -> JSONValue {
    prediction.map { .object($0.probabilities.map { (key: $0.label, value: .number($0.probability)) }) } ?? .null
  }

  static func prediction(_ prediction: Prediction?) -> JSONValue {
    guard let prediction else { return .null }
    return [
      "round": .integer(Int64(prediction.round)), "label": .string(prediction.label),
      "labels": .array(prediction.labels.map(JSONValue.string)),
      "probabilities": probabilities(prediction),
    ]
  }
}

enum AnnotationView {
  static func json(_ annotation: Annotation, project: Project, annotator: String?) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("id", .string("\(annotation.id)")), ("item", .string("\(annotation.item)")),
      ("annotator", .optional(annotator)), ("outcome", .string(annotation.outcome.name)),
      ("labels", .array(annotation.labels.compactMap { project.label($0).map { .string($0.name) } })),
      ("note", .optional(annotation.note)), ("duration_ms", .optional(annotation.durationMilliseconds)),
    ]
    members += provenance(annotation.provenance)
    members += [
      ("created_at", .string("\(annotation.createdAt)")),
      ("retracted_at", .optional(annotation.retractedAt.map { "\($0)" })),
      ("replaced_by", .optional(annotation.replacedBy.map { "\($0)" })),
    ]
    return .object(members)
  }

  static func provenance(_ provenance: Provenance) -> [(key: String, value: JSONValue)] {
    [
      ("strategy", .string(provenance.strategy)), ("round", .optional(provenance.round)),
      ("rank", .optional(provenance.rank)), ("utility", .optional(provenance.utility)),
      ("propensity", .optional(provenance.propensity)), ("evaluation", .bool(provenance.evaluation)),
    ]
  }

  static func json(_ receipt: Receipt) -> [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = [
      ("id", .string("\(receipt.annotation)")), ("item", .string("\(receipt.item)")),
      ("outcome", .string(receipt.outcome.name)), ("labels", .array(receipt.labels.map(JSONValue.string))),
      ("extra_opinion", .bool(receipt.extraOpinion)), ("lease_ended", .bool(receipt.leaseEnded)),
      ("repeated", .bool(receipt.repeated)), ("replaces", .optional(receipt.replaces.map { "\($0)" })),
      ("created_at", .string("\(receipt.createdAt)")),
    ]
    if receipt.extraOpinion {
      members.append(("detail", "Somebody was faster: your label counts as one more opinion."))
    }
    return members
  }
}

enum RoundView {
  static func json(_ round: Round) -> JSONValue {
    [
      "n": .integer(Int64(round.number)), "state": .string(round.state.rawValue), "trigger": .string(round.trigger),
      "strategy_used": .optional(round.strategyUsed), "reason": .optional(round.reason),
      "report": .raw(round.report), "seed": .integer(Int64(truncatingIfNeeded: round.seed)),
      "artifact": .optional(round.artifact), "error": .optional(round.error),
      "attempts": .integer(Int64(round.attempts)), "created_at": .string("\(round.createdAt)"),
      "started_at": .optional(round.startedAt.map { "\($0)" }),
      "finished_at": .optional(round.finishedAt.map { "\($0)" }),
    ]
  }
}
