internal import CWinnowSodium
internal import Foundation
internal import Synchronization

/// How much work a password's hash is.
public struct PasswordCost: Sendable, Equatable {
  let operations: UInt64
  let memory: Int

  /// What libsodium recommends where people wait: Argon2id with two passes over 64 MiB, above RFC 9106's lower bound.
  public static let interactive = PasswordCost(
    operations: UInt64(crypto_pwhash_OPSLIMIT_INTERACTIVE), memory: Int(crypto_pwhash_MEMLIMIT_INTERACTIVE))
  /// The least there is, for tests of what surrounds it.
  public static let least = PasswordCost(
    operations: UInt64(crypto_pwhash_OPSLIMIT_MIN), memory: Int(crypto_pwhash_MEMLIMIT_MIN))
}

/// Hashes passwords by Argon2id, one at a time on a thread of its own.
///
/// However many sign in at once, one hash's memory and one core are in use; those who would wait for long are sent away.
final class PasswordHasher: Sendable {
  /// Sign-ins that may wait; at some 0.1 s each the last of them waits for a few seconds.
  static let queueLimit = 32

  private let cost: PasswordCost
  private let thread: ComputeExecutor
  private let waiting = Mutex(0)
  private let hashed = Atomic<Int>(0)
  /// The hash of a password that nobody knows: what a name is checked against that has none.
  private let decoy: Mutex<String?> = Mutex(nil)

  init(cost: PasswordCost) {
    self.cost = cost
    thread = ComputeExecutor(name: "winnow-password", niceness: 5)
  }

  /// How many hashes have been computed.
  var count: Int { hashed.load(ordering: .relaxed) }

  /// The hash of a password with a fresh salt, as text that names its algorithm and cost.
  ///
  /// - Throws: ``LabelingError/unavailable(_:)`` where too many wait already.
  func hash(_ password: String) async throws -> String {
    try await inTurn { try self.makeHash(password) }
  }

  /// Whether a password fits a hash; for `nil` the same work is done, and it never does.
  ///
  /// - Returns: whether it fits, and whether it should be hashed anew since the cost has changed.
  func verify(_ password: String, against hash: String?) async throws -> (fits: Bool, isOutdated: Bool) {
    try await inTurn {
      let bytes = Self.bytes(of: password)
      let target = try hash ?? self.decoyHash()
      self.hashed.add(1, ordering: .relaxed)
      let fits = crypto_pwhash_str_verify(target, bytes, UInt64(bytes.count)) == 0
      let isOutdated =
        hash.map { crypto_pwhash_str_needs_rehash($0, self.cost.operations, self.cost.memory) != 0 } ?? false
      return (fits && hash != nil, isOutdated)
    }
  }

  private func inTurn<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    let isAccepted = waiting.withLock { count in
      guard count < Self.queueLimit else { return false }
      count += 1
      return true
    }
    guard isAccepted else {
      throw LabelingError.unavailable("Many people are signing in at this moment. Try again in a few seconds.")
    }
    defer { waiting.withLock { $0 -= 1 } }
    return try await thread.run(work)
  }

  private func decoyHash() throws -> String {
    if let known = decoy.withLock({ $0 }) { return known }
    let made = try makeHash(Secret.make(prefix: ""))
    decoy.withLock { $0 = made }
    return made
  }

  private func makeHash(_ password: String) throws -> String {
    precondition(Secret.ready, "libsodium could not be started")
    let bytes = Self.bytes(of: password)
    var text = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
    hashed.add(1, ordering: .relaxed)
    let result = crypto_pwhash_str(&text, bytes, UInt64(bytes.count), cost.operations, cost.memory)
    guard result == 0 else { throw LabelingError.unavailable("There is no memory for a sign-in at this moment.") }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// A password as NIST SP 800-63B has it hashed: normalised, so that it does not depend on how a keyboard composes it.
  private static func bytes(of password: String) -> [CChar] {
    password.precomposedStringWithCompatibilityMapping.utf8.map { CChar(bitPattern: $0) }
  }

  func stop() { thread.stop() }
}
