import Domain
import HTTPCore

/// Who tries an operation, as a column of the access matrix.
///
/// The annotators differ in what they have to do with the project in the path.
enum Visitor: String, CaseIterable {
  case nobody
  /// An annotator who is a member of the project.
  case member
  /// An annotator who is a member of another project only.
  case outsider
  /// An annotator who was a member of the project.
  case removed
  case engineer
  case admin

  var heading: String {
    switch self {
    case .nobody: "nobody"
    case .member: "annotator, member"
    case .outsider: "annotator elsewhere"
    case .removed: "annotator, removed"
    case .engineer: "engineer"
    case .admin: "admin"
    }
  }

  var role: Role? {
    switch self {
    case .nobody: nil
    case .member, .outsider, .removed: .annotator
    case .engineer: .engineer
    case .admin: .admin
    }
  }
}

/// What each visitor is to be answered by one operation: written down by hand, never derived from the route itself.
struct AccessRule {
  /// Status codes by visitor.
  private(set) var expected: [Visitor: Int]
  /// Who is let in; the others' status says why not.
  private(set) var admitted: Set<Visitor>
  /// What is sent; `{visitor}` stands for who sends it.
  let body: String?
  /// A part of the detail that an answer of 400 or above has for those who are let in.
  var saying: String?
  /// What the reader of the matrix should know.
  let remark: String?

  /// Anybody may.
  static func open(_ status: Int, _ body: String? = nil, remark: String? = nil) -> AccessRule {
    AccessRule(
      expected: Dictionary(uniqueKeysWithValues: Visitor.allCases.map { ($0, status) }),
      admitted: Set(Visitor.allCases), body: body, remark: remark)
  }

  /// Whoever has at least a role; no project is involved.
  static func role(_ least: Role, _ status: Int, _ body: String? = nil, remark: String? = nil) -> AccessRule {
    var rule = AccessRule(expected: [:], admitted: [], body: body, remark: remark)
    for visitor in Visitor.allCases {
      guard let role = visitor.role else {
        rule.expected[visitor] = 401
        continue
      }
      rule.expected[visitor] = role >= least ? status : 403
      if role >= least { rule.admitted.insert(visitor) }
    }
    return rule
  }

  /// Whoever has at least a role and may see the project: engineers see all, annotators those they are members of.
  static func project(
    _ least: Role, _ status: Int, _ body: String? = nil, saying: String? = nil, remark: String? = nil
  ) -> AccessRule {
    var rule = role(least, status, body, remark: remark)
    rule.saying = saying
    if least == .annotator {
      for visitor in [Visitor.outsider, .removed] {
        rule.expected[visitor] = 404
        rule.admitted.remove(visitor)
      }
    }
    return rule
  }

  /// Each visitor by themselves, where what matters is whose the thing is.
  static func each(
    member: Int, outsider: Int, removed: Int, engineer: Int, admin: Int, _ body: String? = nil, remark: String
  ) -> AccessRule {
    let expected: [Visitor: Int] = [
      .nobody: 401, .member: member, .outsider: outsider, .removed: removed, .engineer: engineer, .admin: admin,
    ]
    return AccessRule(
      expected: expected, admitted: Set(expected.filter { $0.value < 400 }.keys), body: body, remark: remark)
  }

  /// Whether the visitor is let in.
  func admits(_ visitor: Visitor) -> Bool { admitted.contains(visitor) }
}
