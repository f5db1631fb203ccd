internal import Domain
internal import Synchronization

/// What the server keeps in memory about people who sign in.
final class Identity: Sendable {
  let passwords: PasswordHasher
  let backoff = SignInBackoff()
  private let changes = Atomic<Int>(0)
  private let uses = Mutex<[Int64: Timestamp]>([:])

  init(cost: PasswordCost) { passwords = PasswordHasher(cost: cost) }

  /// Grows whenever this process changes what somebody may do: what was looked up before is no longer to be trusted.
  var version: Int { changes.load(ordering: .acquiring) }

  func didChange() { changes.add(1, ordering: .acquiringAndReleasing) }

  /// When tokens were last used, by their numbers.
  ///
  /// Not kept on disk: a program that only reads would cause a write now and then, and what an administrator asks is whether
  /// a token is used these days.
  var tokenUses: [Int64: Timestamp] { uses.withLock { $0 } }

  /// Notes that a token which holds was shown; there are no more of those than somebody has made.
  func noteUse(ofToken id: Int64, at now: Timestamp) { uses.withLock { $0[id] = now } }
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
