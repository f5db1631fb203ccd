/// Addresses that begin with the same bits, such as `10.0.0.0/8`, `2001:db8::/32` or a single address.
public struct AddressRange: Hashable, Sendable, CustomStringConvertible {
  private let base: IPAddress
  /// How many of the 128 bits are the same.
  private let prefix: Int

  /// This machine itself, over IPv4 and IPv6.
  public static let loopback = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }

  /// Reads an address, or an address and the length of the prefix that counts.
  ///
  /// `nil` where it is neither, or where bits beyond the prefix are set: then one of the two is not what was meant.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(parts[0]) else { return nil }
    var prefix = 128
    if parts.count == 2 {
      let offset = address.isIPv4 ? 96 : 0
      guard let length = Int(parts[1]), parts[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
        length + offset <= 128
      else { return nil }
      prefix = length + offset
    }
    base = address
    self.prefix = prefix
    guard Self.masked(address, prefix) == address else { return nil }
  }

  /// Whether an address lies in it.
  public func contains(_ address: IPAddress) -> Bool { Self.masked(address, prefix) == base }

  private static func masked(_ address: IPAddress, _ prefix: Int) -> IPAddress {
    IPAddress(
      high: prefix >= 64 ? address.high : address.high & ~(UInt64.max >> UInt64(prefix)),
      low: prefix <= 64 ? 0 : prefix == 128 ? address.low : address.low & ~(UInt64.max >> UInt64(prefix - 64)))
  }

  /// The range in its usual form.
  public var description: String { "\(base)/\(base.isIPv4 ? prefix - 96 : prefix)" }
}

extension [AddressRange] {
  /// Whether an address lies in one of the ranges.
  public func contain(_ address: IPAddress) -> Bool { contains { $0.contains(address) } }
}
