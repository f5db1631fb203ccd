import HTTPCore
import Testing

/// Whom a request is taken to come from.
@Suite struct ClientOriginTests {
  private let trusted = ["10.0.0.0/8", "2001:db8:1::/48"].compactMap { AddressRange($0) }

  private func origin(_ peer: String, _ headers: HTTPHeaders, isTLS: Bool = false) -> ClientOrigin {
    ClientOrigin(peer: peer, isTLS: isTLS, headers: headers, trusted: trusted)
  }

  @Test func strangersAreNotBelieved() {
    let lies: HTTPHeaders = [
      "X-Forwarded-For": "192.0.2.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "bank.example",
      "Forwarded": "for=192.0.2.8;proto=https",
    ]
    #expect(origin("203.0.113.5", lies) == ClientOrigin(address: "203.0.113.5", isSecure: false))
    #expect(
      ClientOrigin(peer: "10.0.0.1", isTLS: false, headers: lies, trusted: [])
        == ClientOrigin(address: "10.0.0.1", isSecure: false))
  }

  @Test func aProxySaysForWhomItSpeaks() {
    let headers: HTTPHeaders = [
      "X-Forwarded-For": "203.0.113.5", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "label.example",
    ]
    let expected = ClientOrigin(address: "203.0.113.5", isSecure: true, host: "label.example")
    #expect(origin("10.0.0.1", headers) == expected)
    #expect(origin("2001:db8:1::7", headers) == expected)
    #expect(origin("10.0.0.1", ["X-Forwarded-Proto": "https"]) == ClientOrigin(address: "10.0.0.1", isSecure: true))
    #expect(origin("10.0.0.1", ["X-Forwarded-Proto": "http"], isTLS: true).isSecure == false)
    #expect(origin("10.0.0.1", [:], isTLS: true).isSecure)
  }

  @Test(arguments: [
    // What the client wrote itself stands left of what the proxy saw.
    ("192.0.2.1, 203.0.113.5", "203.0.113.5"), ("192.0.2.1, 10.9.9.9, 203.0.113.5", "203.0.113.5"),
    // Several trusted proxies in a row.
    ("203.0.113.5, 10.0.0.2, 10.0.0.3", "203.0.113.5"), ("10.0.0.2, 10.0.0.3", "10.0.0.2"),
    // Beyond what is no address nothing is known.
    ("192.0.2.1, unknown", "10.0.0.1"), ("203.0.113.5, junk, 10.0.0.3", "10.0.0.3"), ("", "10.0.0.1"),
    (",,", "10.0.0.1"),
    ("203.0.113.5:4711", "203.0.113.5"), ("[2001:db8::5]:4711, 10.0.0.2", "2001:db8::5"),
    ("2001:DB8::5", "2001:db8::5"),
  ])
  func listsAreReadFromTheRight(field: String, address: String) {
    #expect(origin("10.0.0.1", ["X-Forwarded-For": field]).address == address)
  }

  @Test func fieldsThatAreSentSeveralTimesAreOneList() {
    let headers: HTTPHeaders = ["X-Forwarded-For": "192.0.2.1", "x-forwarded-for": "203.0.113.5, 10.0.0.2"]
    #expect(origin("10.0.0.1", headers).address == "203.0.113.5")
  }

  @Test func schemesGoWithTheirProxies() {
    let headers: HTTPHeaders = ["X-Forwarded-For": "203.0.113.5, 10.0.0.2", "X-Forwarded-Proto": "https, http"]
    #expect(origin("10.0.0.1", headers) == ClientOrigin(address: "203.0.113.5", isSecure: true))
    let stranger: HTTPHeaders = ["X-Forwarded-For": "192.0.2.1, 203.0.113.5", "X-Forwarded-Proto": "https, http"]
    #expect(origin("10.0.0.1", stranger) == ClientOrigin(address: "203.0.113.5", isSecure: false))
  }

  @Test(arguments: [
    ("for=203.0.113.5;proto=https;by=10.0.0.1", "203.0.113.5", true),
    ("For=\"[2001:db8::5]:4711\"; Proto=HTTPS", "2001:db8::5", true),
    ("for=192.0.2.1, for=203.0.113.5, for=10.0.0.2", "203.0.113.5", false),
    ("for=192.0.2.1;host=\"a,b;for=1.1.1.1\", for=203.0.113.5", "203.0.113.5", false),
    ("for=_hidden", "10.0.0.1", false),
    ("proto=https", "10.0.0.1", true), ("for=\"203.0.113.5", "10.0.0.1", false), ("=;=,;\"", "10.0.0.1", false),
  ])
  func theStandardFieldIsReadToo(field: String, address: String, isSecure: Bool) {
    let origin = origin("10.0.0.1", ["Forwarded": field])
    #expect(origin.address == address)
    #expect(origin.isSecure == isSecure)
  }

  @Test func aClientsStandardFieldDoesNotPassForTheProxys() {
    let headers: HTTPHeaders = ["X-Forwarded-For": "203.0.113.5", "Forwarded": "for=192.0.2.1;proto=https"]
    #expect(origin("10.0.0.1", headers) == ClientOrigin(address: "203.0.113.5", isSecure: false))
  }
}
