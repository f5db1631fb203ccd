/// A typed identifier: a row number that cannot be mixed up with that of another kind.
///
/// Clients see it as an opaque string.
public struct Identifier<Kind>: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The number that the database knows.
  public let rawValue: Int64

  /// Wraps a number that the database gave.
  public init(_ rawValue: Int64) {
    self.rawValue = rawValue
  }

  /// Reads what a client sent back; `nil` where it cannot be one of ours.
  public init?(_ text: some StringProtocol) {
    guard let number = Int64(text), number > 0, String(number) == text else { return nil }
    self.rawValue = number
  }

  /// The form that clients see.
  public var description: String { String(rawValue) }

  /// Orders by age: a smaller identifier was given out earlier.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Identifies a ``Project``.
public typealias ProjectID = Identifier<Project>
/// Identifies an item of a pool.
public typealias ItemID = Identifier<Item>
/// Identifies an ``Annotation``.
public typealias AnnotationID = Identifier<Annotation>
/// Identifies a ``Lease``.
public typealias LeaseID = Identifier<Lease>
/// Identifies a ``User``.
public typealias UserID = Identifier<User>
/// Identifies a ``LabelDefinition`` of a project.
public typealias LabelID = Identifier<LabelDefinition>
/// Identifies an ``Adjudication``.
public typealias AdjudicationID = Identifier<Adjudication>
