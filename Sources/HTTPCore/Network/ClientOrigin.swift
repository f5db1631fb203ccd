/// Where a request comes from, as far as it can be believed.
///
/// Whoever connects may write into `X-Forwarded-For` what they like, so it counts only where the connection itself comes
/// from a trusted proxy, and then only from the right, address by address, up to the first that is not trusted: every
/// proxy appends the address that it saw, and what stands left of a stranger was written by the stranger.
public struct ClientOrigin: Equatable, Sendable {
  /// The client's address without its port, as text.
  public var address: String
  /// Whether the client's own leg is encrypted.
  public var isSecure: Bool
  /// The host that the client asked for, where a trusted proxy says so.
  public var host: String?

  /// A client that is connected without a proxy between.
  public init(address: String, isSecure: Bool, host: String? = nil) {
    self.address = address
    self.isSecure = isSecure
    self.host = host
  }

  /// Finds the client behind trusted proxies.
  ///
  /// `X-Forwarded-For`, `-Proto` and `-Host` are read where there is any of the three, otherwise `Forwarded` (RFC 7239).
  /// Never both: a proxy that sets the one lets a client's other one through.
  ///
  /// - Parameters:
  ///   - peer: the address at the other end of the connection.
  ///   - isTLS: whether the connection itself is encrypted.
  ///   - trusted: the proxies.
  /// - Complexity: O(trusted) without a proxy, O(bytes of the fields) behind one.
  public init(peer: String, isTLS: Bool, headers: HTTPHeaders, trusted: [AddressRange]) {
    self.init(address: peer, isSecure: isTLS)
    guard !trusted.isEmpty, let address = IPAddress(peer), trusted.contain(address) else { return }
    var hops = Self.legacyHops(headers)
    if hops.isEmpty { hops = Self.standardHops(headers) }
    for hop in hops.reversed() {
      // A proxy that did not say for whom it speaks is as far as can be known.
      isSecure = hop.scheme.map { HTTPHeaders.equal($0, "https") } ?? isSecure
      host = hop.host ?? host
      guard let client = hop.client.flatMap({ IPAddress(node: $0) }) else { return }
      self.address = client.description
      guard trusted.contain(client) else { return }
    }
  }

  /// What one proxy says of whom it speaks for.
  private struct Hop {
    var client: String?
    var scheme: String?
    var host: String?
  }

  private static func legacyHops(_ headers: HTTPHeaders) -> [Hop] {
    let clients = list(headers.values(for: "X-Forwarded-For"))
    let schemes = list(headers.values(for: "X-Forwarded-Proto"))
    let hosts = list(headers.values(for: "X-Forwarded-Host"))
    let count = max(clients.count, schemes.isEmpty && hosts.isEmpty ? 0 : 1)
    /// Lists as long as that of the clients go with it one by one; of others only what the nearest proxy wrote is known.
    func value(_ list: [String], _ index: Int) -> String? { list.count == count ? list[index] : list.last }
    return (0..<count).map { index in
      Hop(
        client: clients.isEmpty ? nil : clients[index], scheme: value(schemes, index), host: value(hosts, index))
    }
  }

  private static func standardHops(_ headers: HTTPHeaders) -> [Hop] {
    headers.values(for: "Forwarded").flatMap { split($0, at: ",") }.map { element in
      var hop = Hop()
      for pair in split(element, at: ";") {
        guard let equals = pair.firstIndex(of: "=") else { continue }
        let value = unquoted(pair[pair.index(after: equals)...])
        switch pair[..<equals].lowercased() {
        case "for": hop.client = value
        case "proto": hop.scheme = value
        case "host": hop.host = value
        default: break
        }
      }
      return hop
    }
  }

  private static func list(_ fields: [String]) -> [String] { fields.flatMap { split($0, at: ",") } }

  /// Splits at a separator that stands outside quotation marks; what is left is trimmed.
  private static func split(_ text: some StringProtocol, at separator: Character) -> [String] {
    var parts: [String] = []
    var part = ""
    var (isQuoted, isEscaped) = (false, false)
    for character in text {
      if character == separator && !isQuoted {
        parts.append(part)
        part = ""
        continue
      }
      if character == "\"" && !isEscaped { isQuoted.toggle() }
      isEscaped = isQuoted && character == "\\" && !isEscaped
      part.append(character)
    }
    return (parts + [part]).map { part in
      var part = part[...].drop { $0 == " " || $0 == "\t" }
      while part.last == " " || part.last == "\t" { part.removeLast() }
      return String(part)
    }
  }

  private static func unquoted(_ text: Substring) -> String {
    guard text.count >= 2, text.first == "\"", text.last == "\"" else { return String(text) }
    var (value, isEscaped) = ("", false)
    for character in text.dropFirst().dropLast() {
      isEscaped = character == "\\" && !isEscaped
      if !isEscaped { value.append(character) }
    }
    return value
  }
}
