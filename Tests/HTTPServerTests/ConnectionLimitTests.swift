import HTTPCore
import Testing

@testable import HTTPServer

/// How many connections an address may have, and whom a request is taken to come from, over the wire.
@Suite(.timeLimit(.minutes(5))) struct ConnectionLimitTests {
  private func ranges(_ texts: String...) -> [AddressRange] { texts.compactMap { AddressRange($0) } }

  @Test func oneAddressDoesNotTakeTheOthersPlaces() async throws {
    let configuration = ServerConfiguration(perAddressLimit: 2, unlimitedAddresses: ranges("127.0.0.1"))
    try await withServer(configuration: configuration) { _ in
      .respond(HTTPResponse(text: "a"))
    } _: { port, _, server in
      try await blocking {
        var greedy = try [TestClient(port: port, source: 2), TestClient(port: port, source: 2)]
        for client in greedy { #expect(try client.get("/").text == "a") }
        #expect(throws: TestClient.Failure.self) { try TestClient(port: port, source: 2).get("/") }
        #expect(try TestClient(port: port, source: 3).get("/").text == "a")
        // The places are free again once the connections are closed.
        greedy.removeAll()
        var isBack = false
        for _ in 0..<500 where !isBack {
          isBack = (try? TestClient(port: port, source: 2).get("/").text) == "a"
        }
        #expect(isBack)
      }
    }
  }

  @Test(arguments: [true, false]) func manyPeopleStandBehindAProxy(isLoopback: Bool) async throws {
    let configuration = ServerConfiguration(
      perAddressLimit: 2, unlimitedAddresses: isLoopback ? AddressRange.loopback : [],
      trustedProxies: isLoopback ? [] : ranges("127.0.0.4"))
    try await withServer(configuration: configuration) { _ in
      .respond(HTTPResponse(text: "a"))
    } _: { port, _, _ in
      try await blocking {
        let clients = try (0..<20).map { _ in try TestClient(port: port, source: 4) }
        for client in clients { #expect(try client.get("/").text == "a") }
      }
    }
  }

  @Test func onlyTrustedProxiesAreBelieved() async throws {
    let configuration = ServerConfiguration(trustedProxies: ranges("127.0.0.4/32"))
    try await withServer(configuration: configuration) { head in
      .respond(HTTPResponse(text: "\(head.remoteAddress) \(head.isSecure)"))
    } _: { port, _, _ in
      try await blocking {
        let fields = "X-Forwarded-For: 192.0.2.1, 203.0.113.5\r\nX-Forwarded-Proto: https\r\n"
        let proxy = try TestClient(port: port, source: 4)
        #expect(try proxy.get("/", headers: fields).text == "203.0.113.5 true")
        #expect(try proxy.get("/").text == "127.0.0.4 false")
        #expect(try proxy.get("/", headers: "Forwarded: for=203.0.113.6;proto=https\r\n").text == "203.0.113.6 true")
        #expect(try TestClient(port: port, source: 5).get("/", headers: fields).text == "127.0.0.5 false")
      }
    }
  }
}
