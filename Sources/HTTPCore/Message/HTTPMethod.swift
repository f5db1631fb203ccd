/// A request method, as sent (case-sensitive, RFC 9110 section 9).
public struct HTTPMethod: RawRepresentable, Hashable, Sendable {
  /// The name of the method, as sent.
  public let rawValue: String

  /// Wraps a method's name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Reads a representation.
  public static let get = HTTPMethod(rawValue: "GET")
  /// Reads a representation's headers.
  public static let head = HTTPMethod(rawValue: "HEAD")
  /// Creates, or runs something.
  public static let post = HTTPMethod(rawValue: "POST")
  /// Replaces.
  public static let put = HTTPMethod(rawValue: "PUT")
  /// Changes a part.
  public static let patch = HTTPMethod(rawValue: "PATCH")
  /// Removes.
  public static let delete = HTTPMethod(rawValue: "DELETE")
  /// Asks what can be done.
  public static let options = HTTPMethod(rawValue: "OPTIONS")
}
