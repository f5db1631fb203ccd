internal import Synchronization

/// What the server keeps in memory about people who sign in.
final class Identity: Sendable {
  let passwords: PasswordHasher
  let backoff = SignInBackoff()
  private let changes = Atomic<Int>(0)

  init(cost: PasswordCost) { passwords = PasswordHasher(cost: cost) }

  /// Grows whenever this process changes what somebody may do: what was looked up before is no longer to be trusted.
  var version: Int { changes.load(ordering: .acquiring) }

  func didChange() { changes.add(1, ordering: .acquiringAndReleasing) }
}

/// How long browsers stay signed in.
public enum SessionTimes {
  /// Seconds after which a session ends, used or not.
  public static let longest = 14 * 86_400
  /// Seconds without use after which it ends.
  public static let idle = 3 * 86_400
  /// Seconds after which its secret is changed at the next visit.
  public static let rotation = 12 * 3600
  /// Seconds for which the former secret is taken after that, for what was under way.
  public static let grace = 60
  /// Seconds between two notes of its use.
  public static let note = 300
  /// Seconds for which a one-time link holds.
  public static let link = 86_400
}

extension LabelingService {
  /// Grows whenever this process changes who may do what.
  public var identityVersion: Int { identity.version }
}
