import Glibc

/// An IPv4 or IPv6 address; an IPv4 address is kept as the IPv6 address that maps it (`::ffff:a.b.c.d`, RFC 4291).
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
  /// The first 64 bits, in the order of the network: of an IPv6 address usually the site and its subnet.
  public let high: UInt64
  /// The last 64 bits.
  public let low: UInt64

  private static let mapped: UInt64 = 0xFFFF_0000_0000

  /// Wraps the bits of an address.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads `192.0.2.1` or `2001:db8::1`; `nil` for everything else, host names and ports included.
  public init?(_ text: some StringProtocol) {
    let text = String(text)
    guard !text.utf8.contains(0) else { return nil }
    var four = in_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      self.init(high: 0, low: Self.mapped | UInt64(UInt32(bigEndian: four.s_addr)))
      return
    }
    var six = in6_addr()
    guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
    self = withUnsafeBytes(of: &six) { bytes in
      IPAddress(
        high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }

  /// Reads an address as proxies write it: with a port or without, an IPv6 address in brackets or without.
  public init?(node: some StringProtocol) {
    if let address = IPAddress(node) {
      self = address
    } else if node.first == "[" {
      guard let end = node.firstIndex(of: "]") else { return nil }
      let port = node[node.index(after: end)...]
      guard port.isEmpty || Self.isPort(port) else { return nil }
      self.init(node[node.index(after: node.startIndex)..<end])
    } else {
      guard let colon = node.firstIndex(of: ":"), Self.isPort(node[colon...]) else { return nil }
      self.init(node[..<colon])
    }
  }

  private static func isPort(_ text: some StringProtocol) -> Bool {
    text.utf8.first == UInt8(ascii: ":") && (2...6).contains(text.utf8.count)
      && text.utf8.dropFirst().allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  /// Whether it is an IPv4 address.
  public var isIPv4: Bool { high == 0 && low >> 32 == Self.mapped >> 32 }

  /// What one party has at its disposal: an IPv4 address, or the /64 that an IPv6 address lies in.
  public var subscriber: IPAddress { isIPv4 ? self : IPAddress(high: high, low: 0) }

  /// The address in its usual form.
  public var description: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
      guard let base = text.baseAddress else { return "" }
      if isIPv4 {
        var four = in_addr(s_addr: UInt32(truncatingIfNeeded: low).bigEndian)
        return inet_ntop(AF_INET, &four, base, socklen_t(text.count)).map { String(cString: $0) } ?? ""
      }
      var six = (high.bigEndian, low.bigEndian)
      return inet_ntop(AF_INET6, &six, base, socklen_t(text.count)).map { String(cString: $0) } ?? ""
    }
  }
}
