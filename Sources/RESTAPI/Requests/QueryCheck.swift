import Domain
import HTTPCore
import Labeling

extension Endpoint.Parameter {
  /// What is wrong with a value, by the very schema that describes it; `nil` for nothing.
  ///
  /// Understands `enum`, and the types boolean, integer and number with their ranges: what parameters are made of.
  func complaint(about text: String) -> FieldError? {
    if case .array(let choices)? = schema["enum"] {
      guard !choices.contains(.string(text)) else { return nil }
      let offered = choices.compactMap { if case .string(let name) = $0 { name } else { nil } }
      return FieldError("/\(name)", "“\(text.prefix(50))” is not offered. Offered: \(offered.joined(separator: ", ")).")
    }
    switch schema["type"] {
    case "boolean": return text == "true" || text == "false" ? nil : FieldError("/\(name)", "It is true or false.")
    case "integer": return check(Int64(text).map(Double.init), kind: "whole number")
    case "number": return check(Double(text).flatMap { $0.isFinite ? $0 : nil }, kind: "number")
    default: return nil
    }
  }

  private func check(_ value: Double?, kind: String) -> FieldError? {
    let (least, most) = (bound("minimum"), bound("maximum"))
    if let value, value >= least ?? -.infinity, value <= most ?? .infinity { return nil }
    guard let least, let most else { return FieldError("/\(name)", "It is a \(kind).") }
    return FieldError("/\(name)", "It is a \(kind) from \(Self.text(least)) to \(Self.text(most)).")
  }

  private func bound(_ key: String) -> Double? {
    switch schema[key] {
    case .integer(let value)?: Double(value)
    case .number(let value)?: value
    default: nil
    }
  }

  private static func text(_ value: Double) -> String {
    Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}

extension Endpoint {
  /// Checks the parameters of the query that are given; others than those described are ignored.
  ///
  /// - Throws: ``LabelingError/invalid(_:)`` with all complaints.
  func check(_ given: QueryParameters) throws {
    guard !query.isEmpty, !given.pairs.isEmpty else { return }
    let complaints = query.compactMap { parameter in given[parameter.name].flatMap(parameter.complaint(about:)) }
    guard complaints.isEmpty else { throw LabelingError.invalid(complaints) }
  }
}
