import Glibc
import HTTPCore
import Testing

@testable import HTTPServer

/// Starting where something listens already, and stopping while something is going on.
@Suite(.timeLimit(.minutes(5))) struct StopTests {
  private func makeServer(
    drainTimeout: Duration = .milliseconds(200), port: UInt16 = 0,
    _ decide: @escaping @Sendable (RequestHead) -> Acceptance
  ) -> HTTPServer {
    HTTPServer(
      configuration: ServerConfiguration(port: port, drainTimeout: drainTimeout),
      application: TestApplication(decide), logger: quietLogger)
  }

  @Test func twoServersCannotShareAPort() async throws {
    try await withServer { _ in
      .respond(HTTPResponse(text: "first"))
    } _: { port, _, _ in
      let second = makeServer(port: port) { _ in .respond(HTTPResponse(text: "second")) }
      #expect(throws: ServerError.portInUse(host: "127.0.0.1", port: port)) { try second.start() }
      await second.stop()
      let text = try await blocking { try TestClient(port: port).get("/").text }
      #expect(text == "first")
    }
  }

  @Test func thereAreAtLeastTwoThreads() {
    #expect(ServerConfiguration(threads: 1).threads == 2)
    #expect(ServerConfiguration.defaultThreads >= 2)
  }

  @Test func errorsSayWhatToDo() throws {
    #expect(ServerError.portInUse(host: "::1", port: 80).description.contains("another port"))
    let server = HTTPServer(
      configuration: ServerConfiguration(host: "no such host.invalid"),
      application: TestApplication { _ in .respond(HTTPResponse(text: "")) }, logger: quietLogger)
    #expect(throws: ServerError.self) { try server.start() }
    let tls = ServerConfiguration(tls: .init(certificate: "/nowhere/cert.pem", key: "/nowhere/key.pem"))
    let secure = HTTPServer(
      configuration: tls, application: TestApplication { _ in .respond(HTTPResponse(text: "")) }, logger: quietLogger)
    #expect(throws: ServerError.self) { try secure.start() }
  }

  @Test func aPortIsFreeAgainAfterAStop() async throws {
    let first = makeServer { _ in .respond(HTTPResponse(text: "1")) }
    let port = try first.start()
    #expect(try await blocking { try TestClient(port: port).get("/").text } == "1")
    await first.stop()
    let second = makeServer(port: port) { _ in .respond(HTTPResponse(text: "2")) }
    #expect(try second.start() == port)
    #expect(try await blocking { try TestClient(port: port).get("/").text } == "2")
    await second.stop()
    #expect(throws: ServerError.startedBefore) { try second.start() }
  }

  @Test func finishesWhatIsInFlightAndRefusesWhatIsNew() async throws {
    let (reached, gate) = (Signal(), Signal())
    let server = makeServer(drainTimeout: .seconds(60)) { head in
      head.path.first == "quick"
        ? .respond(HTTPResponse(text: "quick"))
        : collecting { _ in
          reached.set()
          await gate.wait()
          return HTTPResponse(text: "finished")
        }
    }
    let port = try server.start()
    let keptAlive = try await blocking { () -> UncheckedBox<TestClient> in
      let client = try TestClient(port: port)
      #expect(try client.get("/quick").text == "quick")
      return UncheckedBox(client)
    }
    async let inFlight = blocking { try TestClient(port: port).get("/slow") }
    await reached.wait()
    async let stopping: Void = server.stop()
    try await blocking {
      while let client = try? TestClient(port: port) {  // until the listening socket is shut
        client.close()
        usleep(5000)
      }
      let refused = try keptAlive.value.get("/quick")
      #expect(refused.status == 503)
      #expect(refused["Connection"] == "close")
    }
    gate.set()
    #expect(try await inFlight.text == "finished")
    await stopping
    await server.stop()
  }

  @Test func aSuspendedRequestIsAnsweredAndCancelledWhenTheDrainIsOver() async throws {
    let (reached, ended) = (Signal(), Signal())
    let server = makeServer { _ in
      .handle(body: .none, deadline: .zero) { _ in
        reached.set()
        try? await Task.sleep(for: .seconds(3600))
        ended.set()
        return HTTPResponse(text: "never sent")
      }
    }
    let port = try server.start()
    async let answer = blocking { try TestClient(port: port).get("/") }
    await reached.wait()
    await server.stop()
    #expect(try await answer.status == 503)
    await ended.wait()
  }

  @Test func aHandlerThatOutlivesTheServerHarmsNobody() async throws {
    let (reached, gate, ended) = (Signal(), Signal(), Signal())
    let server = makeServer { _ in
      .handle(body: .none, deadline: .zero) { _ in
        reached.set()
        await gate.wait()
        ended.set()
        return HTTPResponse(text: "never sent")
      }
    }
    let port = try server.start()
    async let answer = blocking { try TestClient(port: port).get("/") }
    await reached.wait()
    await server.stop()
    #expect(try await answer.status == 503)
    gate.set()
    await ended.wait()
  }

  @Test(arguments: [true, false]) func streamsDoNotHoldAStop(isSilent: Bool) async throws {
    let ended = Signal()
    let server = makeServer(drainTimeout: .seconds(3600)) { _ in
      .handle(body: .none, deadline: .zero) { _ in
        HTTPResponse(
          status: .ok,
          body: .stream { writer in
            defer { ended.set() }
            try await writer.write("start\n")
            if isSilent { try await Task.sleep(for: .seconds(3600)) }
            while true { try await writer.write([UInt8](repeating: 1, count: 1 << 16)) }  // more than anybody reads
          })
      }
    }
    let port = try server.start()
    let client = try await blocking { () -> UncheckedBox<TestClient> in
      let client = try TestClient(port: port)
      try client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
      #expect(try client.readHead().status == 200)
      return UncheckedBox(client)
    }
    await server.stop()
    await ended.wait()
    client.value.close()
  }

  @Test func uploadsInEveryStateSurviveAStop() async throws {
    let reached = Counter()
    let server = makeServer { head in
      head.path.first == "collected"
        ? collecting { _ in HTTPResponse(text: "never sent") }
        : .handle(body: .streamed(limit: 1 << 30), deadline: .zero) { request in
          reached.add()
          if head.path.first == "lagging" { try? await Task.sleep(for: .seconds(3600)) }
          return HTTPResponse(text: await UploadTests.summary(request.body))
        }
    }
    let port = try server.start()
    let clients = try await blocking { () -> UncheckedBox<[TestClient]> in
      try UncheckedBox(
        ["collected", "lagging", "reading"].map { path in
          let client = try TestClient(port: port)
          try client.send("POST /\(path) HTTP/1.1\r\nHost: t\r\nContent-Length: \(1 << 18)\r\n\r\n")
          _ = client.sendUntilHeldBack([UInt8](repeating: 1, count: 10_000), patience: 100)
          return client
        })
    }
    let lagging = try await blocking { () -> UncheckedBox<TestClient> in
      let client = try TestClient(port: port)
      try client.send("POST /lagging HTTP/1.1\r\nHost: t\r\nContent-Length: \(1 << 29)\r\n\r\n")
      _ = client.sendUntilHeldBack([UInt8](repeating: 1, count: 64 << 20), patience: 200)  // suspended, held back
      return UncheckedBox(client)
    }
    await server.stop()
    #expect(reached.value == 3)
    #expect(String(decoding: try await blocking { try lagging.value.readToEnd() }, as: UTF8.self).contains(" 503 "))
    for client in clients.value { client.close() }
  }

  @Test func stopsUnderLoad() async throws {
    for _ in 0..<5 {
      let server = makeServer { _ in
        collecting { request in
          if request.path.first == "wait" { try? await Task.sleep(for: .milliseconds(2)) }
          return HTTPResponse(text: "ok")
        }
      }
      let port = try server.start()
      let answered = Counter()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<8 {
          group.addTask {
            try await blocking {
              guard let client = try? TestClient(port: port) else { return }
              while let response = try? client.get(worker % 2 == 0 ? "/wait" : "/now"), response.status == 200 {
                #expect(response.text == "ok")
                answered.add()
              }
            }
          }
        }
        // A test that has been given up must stop the server too: else its clients ask for ever.
        while answered.value < 200, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
        await server.stop()
        try await group.waitForAll()
      }
      #expect(answered.value >= 200)
    }
  }

  @Test func stoppingTwiceOrWithoutAStartIsFine() async throws {
    let server = makeServer { _ in .respond(HTTPResponse(text: "")) }
    await server.stop()
    #expect(throws: ServerError.startedBefore) { try server.start() }
    let other = makeServer { _ in .respond(HTTPResponse(text: "")) }
    _ = try other.start()
    async let first: Void = other.stop()
    async let second: Void = other.stop()
    _ = await (first, second)
  }

  @Test func closesConnectionsPastTheLimitOfAnAddress() async throws {
    let configuration = ServerConfiguration(perAddressLimit: 2, unlimitedAddresses: [])
    try await withServer(configuration: configuration) { _ in
      .respond(HTTPResponse(text: "a"))
    } _: { port, _, _ in
      try await blocking {
        let clients = try [TestClient(port: port), TestClient(port: port)]
        for client in clients { #expect(try client.get("/").text == "a") }
        let third = try TestClient(port: port)
        #expect(throws: TestClient.Failure.self) { try third.get("/") }
        #expect(try clients[0].get("/").text == "a")
      }
    }
  }
}
