import Domain
import Foundation
import Labeling

extension ProjectOverview {
  /// The project as clients see it.
  var json: JSONValue {
    [
      "id": .string("\(project.id)"), "name": .string(project.name), "modality": .string(project.modality.rawValue),
      "task": .string(project.task.rawValue), "labels": .array(project.labels.map(\.json)),
      "guidelines": .string(project.guidelines), "settings": project.settings.json,
      "counts": counts.json, "round": round?.json ?? .null, "model": model?.json ?? .null,
      "created_at": .string("\(project.createdAt)"),
    ]
  }

  /// The project in lists and events, without guidelines and settings.
  var glance: JSONValue {
    [
      "id": .string("\(project.id)"), "name": .string(project.name), "modality": .string(project.modality.rawValue),
      "task": .string(project.task.rawValue), "labels": .integer(Int64(project.labels.count)), "counts": counts.json,
      "round": round?.json ?? .null, "model": model?.json ?? .null, "created_at": .string("\(project.createdAt)"),
    ]
  }

  /// How far labelling has come.
  ///
  /// - Parameter sinceRound: labels that count towards the next round.
  func progress(mine: Int?, sinceRound: Int? = nil) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("labelled", .integer(Int64(counts.labelled))), ("total", .integer(Int64(counts.items))),
      ("unlabelled", .integer(Int64(counts.unlabelled))), ("skipped", .integer(Int64(counts.skipped))),
    ]
    if let mine { members.append(("mine", .integer(Int64(mine)))) }
    if let sinceRound { members.append(("since_round", .integer(Int64(sinceRound)))) }
    return .object(members)
  }

  /// What changes whenever the project does: its version, which `If-Match` compares, and all else that is shown of it.
  var entityTag: String {
    let shown = Secret.hexadecimal(Array(Secret.hash(json.serialized()).prefix(8)))
    return "\"\(project.id)-\(project.version).\(shown)\""
  }
}

extension LabelDefinition {
  var json: JSONValue {
    [
      "name": .string(name), "description": .optional(description), "hotkey": .optional(hotkey),
      "color": .optional(color),
    ]
  }
}

extension PoolCounts {
  var json: JSONValue {
    [
      "items": .integer(Int64(items)), "unlabelled": .integer(Int64(unlabelled)), "labelled": .integer(Int64(labelled)),
      "skipped": .integer(Int64(skipped)), "excluded": .integer(Int64(excluded)), "leased": .integer(Int64(leased)),
    ]
  }
}

extension RoundGlance {
  var json: JSONValue {
    ["n": .integer(Int64(number)), "state": .string(state.rawValue), "progress": .number(progress)]
  }
}

extension ModelGlance {
  var json: JSONValue {
    [
      "round": .integer(Int64(round)), "accuracy": .optional(accuracy),
      "accuracy_interval": interval.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null,
      "micro_f1": .optional(microF1), "macro_f1": .optional(macroF1),
      "label_ranking_average_precision": .optional(rankingPrecision),
      "evaluation_labels": .integer(Int64(evaluationLabels)),
    ]
  }
}
