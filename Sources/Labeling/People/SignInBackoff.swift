internal import Domain
internal import Synchronization

/// Slows down whoever guesses: waiting times that double, by name and address and by each of them alone.
///
/// - A name from one address: three tries are free, then one waits 1, 2, 4, … seconds, a quarter of an hour at most.
/// - A name from anywhere: ten tries are free, then at most a minute is waited, so that nobody can be locked out for ever by
///   others; and an address that this name has signed in from is not asked to wait for what others do.
/// - An address: twenty tries are free, one more comes back each half minute.
///
/// A try counts when it begins, so that many at once gain nothing; one that succeeds is taken back. Memory is bounded: where
/// a table is full, what is longest ago goes first.
final class SignInBackoff: Sendable {
  /// Entries of each table.
  static let capacity = 10_000

  private struct Tries {
    var count = 0
    var last: Timestamp
  }

  private struct Pair: Hashable {
    let name: String
    let address: String
  }

  private struct State {
    var pairs: [Pair: Tries] = [:]
    var names: [String: Tries] = [:]
    var addresses: [String: (spent: Double, last: Timestamp)] = [:]
    var trusted: [Pair: Timestamp] = [:]
  }

  /// What became of asking for a try.
  enum Verdict: Equatable {
    /// It may be made.
    case go
    /// It may be made in so many seconds; `isNew` where the wait has just begun.
    case wait(seconds: Int, isNew: Bool)
  }

  private static let memory = 3600
  private static let trust = 30 * 86_400
  private static let burst = 20.0
  private static let refillSeconds = 30.0

  private let state = Mutex(State())

  /// Asks for a try with a name and a password, and counts it.
  func begin(name: String, address: String, at now: Timestamp) -> Verdict {
    let pair = Pair(name: Self.folded(name), address: Self.network(of: address))
    return state.withLock { state in
      Self.makeRoom(&state, now)
      let isTrusted = state.trusted[pair].map { now < $0.adding(seconds: Self.trust) } ?? false
      var wait = Self.wait(state.pairs[pair], free: 3, longest: 900, now)
      if !isTrusted { wait = max(wait, Self.wait(state.names[pair.name], free: 10, longest: 60, now)) }
      wait = max(wait, Self.wait(address: pair.address, state, now))
      guard wait == 0 else { return .wait(seconds: wait, isNew: false) }
      Self.count(&state.pairs[pair], now)
      if !isTrusted { Self.count(&state.names[pair.name], now) }
      Self.spend(pair.address, &state, now)
      return .go
    }
  }

  /// Whether a try that has failed is the first of those that make others wait.
  func isFirstWait(name: String, address: String) -> Bool {
    let pair = Pair(name: Self.folded(name), address: Self.network(of: address))
    return state.withLock { $0.pairs[pair]?.count == 3 || $0.names[pair.name]?.count == 10 }
  }

  /// The password was right: the name is known from this address now.
  func succeed(name: String, address: String, at now: Timestamp) {
    let pair = Pair(name: Self.folded(name), address: Self.network(of: address))
    state.withLock { state in
      state.pairs[pair] = nil
      // What strangers tried meanwhile stays counted; this try does not.
      if let known = state.names[pair.name] {
        state.names[pair.name] = known.count > 1 ? Tries(count: known.count - 1, last: known.last) : nil
      }
      if let known = state.addresses[pair.address] {
        state.addresses[pair.address] = (max(0, known.spent - 1), known.last)
      }
      state.trusted[pair] = now
    }
  }

  /// A try that came to no decision is not counted.
  func withdraw(name: String, address: String) {
    let pair = Pair(name: Self.folded(name), address: Self.network(of: address))
    state.withLock { state in
      if let known = state.pairs[pair] { state.pairs[pair]?.count = max(0, known.count - 1) }
      if let known = state.names[pair.name] { state.names[pair.name]?.count = max(0, known.count - 1) }
      if let known = state.addresses[pair.address] {
        state.addresses[pair.address] = (max(0, known.spent - 1), known.last)
      }
    }
  }

  /// Counts a secret that nobody has: tokens and links cannot be guessed, but a flood of them costs work.
  func fail(address: String, at now: Timestamp) -> Verdict {
    let network = Self.network(of: address)
    return state.withLock { state in
      Self.makeRoom(&state, now)
      let wait = Self.wait(address: network, state, now)
      guard wait == 0 else { return .wait(seconds: wait, isNew: false) }
      Self.spend(network, &state, now)
      return .go
    }
  }

  /// How many entries the fullest table has.
  var size: Int {
    state.withLock { max($0.pairs.count, $0.names.count, $0.addresses.count, $0.trusted.count) }
  }

  // MARK: Rules

  private static func wait(_ tries: Tries?, free: Int, longest: Int, _ now: Timestamp) -> Int {
    guard let tries, tries.count >= free, now < tries.last.adding(seconds: memory) else { return 0 }
    let length = min(longest, 1 << min(20, tries.count - free))
    let left = tries.last.adding(seconds: length).milliseconds - now.milliseconds
    return left > 0 ? Int((left + 999) / 1000) : 0
  }

  private static func count(_ tries: inout Tries?, _ now: Timestamp) {
    if let known = tries, now < known.last.adding(seconds: memory) {
      // Bounded, so that a long attack is not remembered for longer than a short one.
      tries = Tries(count: min(40, known.count + 1), last: now)
    } else {
      tries = Tries(count: 1, last: now)
    }
  }

  private static func spent(_ address: String, _ state: State, _ now: Timestamp) -> Double {
    guard let known = state.addresses[address] else { return 0 }
    return max(0, known.spent - Double(now.milliseconds - known.last.milliseconds) / 1000 / refillSeconds)
  }

  private static func wait(address: String, _ state: State, _ now: Timestamp) -> Int {
    let over = spent(address, state, now) + 1 - burst
    return over > 0 ? Int((over * refillSeconds).rounded(.up)) : 0
  }

  private static func spend(_ address: String, _ state: inout State, _ now: Timestamp) {
    state.addresses[address] = (spent(address, state, now) + 1, now)
  }

  // MARK: Bounds

  private static func makeRoom(_ state: inout State, _ now: Timestamp) {
    trim(&state.pairs) { $0.last }
    trim(&state.names) { $0.last }
    trim(&state.addresses) { $0.last }
    trim(&state.trusted) { $0 }
  }

  /// Drops the older half of a full table: rarely, and then for many entries at once.
  private static func trim<Key, Value>(_ table: inout [Key: Value], _ age: (Value) -> Timestamp) {
    guard table.count >= capacity else { return }
    let middle = table.values.map(age).sorted()[table.count / 2]
    table = table.filter { age($0.value) > middle }
  }

  private static func folded(_ name: String) -> String { String(name.lowercased().prefix(200)) }

  /// What one person's network is: an IPv4 address, or the first 64 bits of an IPv6 address, within which anybody has as
  /// many addresses as they like.
  static func network(of address: String) -> String {
    guard address.contains(":") else { return address }
    if let dot = address.lastIndex(of: ":"), address.contains(".") {
      return String(address[address.index(after: dot)...])
    }
    let bare = address.prefix { $0 != "%" }
    let halves = bare.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
    var groups = halves[0].split(separator: ":").map(String.init)
    if halves.count == 2 {
      let tail = halves[1].split(separator: ":").map(String.init)
      groups += Array(repeating: "0", count: max(0, 8 - groups.count - tail.count)) + tail
    }
    return groups.prefix(4).map { String(Int($0, radix: 16) ?? 0, radix: 16) }.joined(separator: ":") + "::/64"
  }
}
