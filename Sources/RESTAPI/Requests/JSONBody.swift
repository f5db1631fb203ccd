import Domain
import Formats
import Foundation
import HTTPCore
import Labeling

/// Reads JSON bodies and says where they are wrong.
enum JSONBody {
  /// - Parameter members: the members that the body may have; `nil` where the type sees to that itself.
  /// - Throws: 415 for another media type, 400 for what is not JSON, 422 with pointers for what does not fit.
  static func decode<Body: Decodable>(
    _ type: Body.Type, from bytes: [UInt8], members: [String]? = nil, contentType: String?
  ) throws -> Body {
    if let contentType, HeaderValue(contentType).value != "application/json" {
      throw ProblemDocument(
        status: .unsupportedMediaType,
        detail:
          "This takes application/json, not \(contentType.prefix(100)). Say so with the header Content-Type: application/json."
      )
    }
    do {
      guard let members else { return try JSONDecoder().decode(type, from: Data(bytes)) }
      let decoder = JSONDecoder()
      decoder.userInfo[.knownMembers] = members
      return try decoder.decode(Known<Body>.self, from: Data(bytes)).body
    } catch let error as DecodingError {
      if case .dataCorrupted(let context) = error, context.codingPath.isEmpty {
        throw ProblemDocument(status: .badRequest, detail: "The body is not JSON\(position(context)).")
      }
      throw LabelingError.invalid([fieldError(error, below: 0)])
    } catch let error as ValidationError {
      throw LabelingError.invalid(error.errors)
    }
  }

  private static func position(_ context: DecodingError.Context) -> String {
    guard let underlying = context.underlyingError else { return "" }
    let text = (underlying as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
    return text.map { ": " + ($0.hasSuffix(".") ? String($0.dropLast()) : $0) } ?? ""
  }

  /// A decoding error as a complaint, with a pointer from the `depth`-th level on.
  static func fieldError(_ error: DecodingError, below depth: Int) -> FieldError {
    func pointer(_ path: [any CodingKey]) -> String { StrictKeys.pointer(to: Array(path.dropFirst(depth))) }
    switch error {
    case .keyNotFound(let key, let context):
      return FieldError(pointer(context.codingPath + [key]), "It is missing.")
    case .typeMismatch(let type, let context):
      return FieldError(pointer(context.codingPath), "It should be \(name(of: type)).")
    case .valueNotFound(let type, let context):
      return FieldError(pointer(context.codingPath), "It should be \(name(of: type)), not null.")
    case .dataCorrupted(let context):
      return FieldError(pointer(context.codingPath), context.debugDescription)
    @unknown default: return FieldError("", "\(error)")
    }
  }

  private static func name(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "text"
    case is Bool.Type: "true or false"
    case is Int.Type, is Int64.Type: "a whole number"
    case is Double.Type, is Float.Type: "a number"
    default: "\(type)".contains("Array") ? "a list" : "\(type)".contains("Dictionary") ? "an object" : "of another type"
    }
  }
}

extension CodingUserInfoKey {
  /// The members that a body may have.
  fileprivate static let knownMembers: CodingUserInfoKey = {
    guard let key = CodingUserInfoKey(rawValue: "known members") else { preconditionFailure("not a key") }
    return key
  }()
}

/// A body without members that nobody asked for.
private struct Known<Body: Decodable>: Decodable {
  let body: Body

  init(from decoder: any Decoder) throws {
    try StrictKeys.check(decoder, known: decoder.userInfo[.knownMembers] as? [String] ?? [])
    body = try Body(from: decoder)
  }
}

/// An element of a batch: read, or the reason why it cannot be, so that it does not sink the others.
struct Lenient<Value: Decodable & Sendable>: Decodable, Sendable {
  let result: Result<Value, FieldError>

  init(from decoder: any Decoder) throws {
    let depth = decoder.codingPath.count
    do {
      result = .success(try Value(from: decoder))
    } catch let error as DecodingError {
      result = .failure(JSONBody.fieldError(error, below: depth))
    } catch let error as ValidationError {
      let prefix = StrictKeys.pointer(to: decoder.codingPath)
      let first = error.errors.first ?? FieldError("", "\(error)")
      result = .failure(
        FieldError(
          first.pointer.hasPrefix(prefix) ? String(first.pointer.dropFirst(prefix.count)) : first.pointer, first.detail)
      )
    } catch {
      // The decoder reads numbers and text late, and its complaints about them are of a type of its own.
      result = .failure(FieldError("", "A number in it is out of range, or a text in it is not valid Unicode."))
    }
  }
}

extension [UInt8] {
  /// Whether a text stands somewhere in these bytes.
  func contains(text: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    return withUnsafeBufferPointer { bytes in
      guard bytes.count >= wanted.count else { return false }
      return (0...(bytes.count - wanted.count)).contains { start in
        bytes[start] == wanted[0] && wanted.indices.allSatisfy { bytes[start + $0] == wanted[$0] }
      }
    }
  }
}
