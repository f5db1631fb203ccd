import HTTPCore
import Testing

@Suite struct IPAddressTests {
  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("2001:DB8::0:1", "2001:db8::1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::1", "::1"),
    ("::", "::"), ("0.0.0.0", "0.0.0.0"),
  ])
  func readsAddresses(text: String, canonical: String) throws {
    #expect(try #require(IPAddress(text)).description == canonical)
  }

  @Test(arguments: [
    "", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", " 1.2.3.4", "1.2.3.4:80", "[::1]", "1.2.3.4/8",
    "fe80::1%eth0", "unknown", "1.2.3.4\0",
  ])
  func refusesOtherTexts(text: String) { #expect(IPAddress(text) == nil) }

  @Test(arguments: [
    ("192.0.2.1:47011", "192.0.2.1"), ("[2001:db8::1]:47011", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1"),
    ("2001:db8::1", "2001:db8::1"), ("192.0.2.1", "192.0.2.1"),
  ])
  func readsNodesOfProxies(text: String, canonical: String) throws {
    #expect(try #require(IPAddress(node: text)).description == canonical)
  }

  @Test(arguments: [
    "", "_hidden", "unknown", "[::1", "[::1]x", "192.0.2.1:", "192.0.2.1:port", "192.0.2.1:123456", ":1",
  ])
  func refusesOtherNodes(text: String) { #expect(IPAddress(node: text) == nil) }

  @Test func subscribersOfVersion6HaveASubnet() throws {
    let (one, other) = (try #require(IPAddress("2001:db8::1")), try #require(IPAddress("2001:db8::ffff:2")))
    let (third, fourth) = (try #require(IPAddress("2001:db8:0:1::1")), try #require(IPAddress("192.0.2.1")))
    #expect(one.subscriber == other.subscriber)
    #expect(one.subscriber != third.subscriber)
    #expect(fourth.subscriber == fourth)
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.7", "192.0.2.7", true),
    ("192.0.2.7", "192.0.2.8", false), ("2001:db8::/33", "2001:db8:7fff::1", true),
    ("2001:db8::/33", "2001:db8:8000::1", false), ("2001:db8::/96", "2001:db8::1:2", true),
    ("2001:db8::/96", "2001:db8::1:0:0", false), ("0.0.0.0/0", "203.0.113.9", true),
    ("0.0.0.0/0", "2001:db8::1", false),
    ("::/0", "203.0.113.9", true), ("10.0.0.0/8", "::ffff:10.1.1.1", true), ("::1", "::1", true), ("::1", "::2", false),
  ])
  func rangesContain(range: String, address: String, isContained: Bool) throws {
    let (range, address) = (try #require(AddressRange(range)), try #require(IPAddress(address)))
    #expect(range.contains(address) == isContained)
  }

  @Test(arguments: [
    "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/+8", "/8", "::1/129", "host/8", "10.0.0.0/8/8",
  ])
  func refusesRangesThatMakeNoSense(text: String) { #expect(AddressRange(text) == nil) }
}
