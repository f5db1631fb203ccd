import Domain
import Foundation

extension Project {
  /// What the audit log shows of a project: all that its people can change.
  var audited: JSONValue {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = (try? encoder.encode(settings)).map { String(decoding: $0, as: UTF8.self) }
    return [
      "name": .string(name), "guidelines": .string(guidelines),
      "labels": .array(
        labels.map {
          [
            "name": .string($0.name), "description": .optional($0.description), "hotkey": .optional($0.hotkey),
            "color": .optional($0.color),
          ]
        }), "settings": text.map { .raw($0) } ?? .null,
    ]
  }

  /// What the audit log shows of an annotation.
  func audited(_ annotation: Annotation) -> JSONValue {
    [
      "item": .string("\(annotation.item)"), "annotator": .string("\(annotation.annotator)"),
      "outcome": .string(annotation.outcome.name), "labels": names(annotation.labels),
      "note": .optional(annotation.note),
    ]
  }

  /// What the audit log shows of an adjudication.
  func audited(_ adjudication: Adjudication) -> JSONValue {
    [
      "labels": names(adjudication.labels), "withdrawn": .bool(adjudication.isWithdrawn),
      "note": .optional(adjudication.note),
    ]
  }

  private func names(_ labels: [LabelID]) -> JSONValue {
    .array(labels.compactMap { label($0).map { .string($0.name) } })
  }
}
