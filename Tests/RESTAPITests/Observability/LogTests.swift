import Domain
import Foundation
import HTTPCore
import Logging
import Synchronization
import Testing

@testable import RESTAPI

@Suite struct LogTests {
  private final class Lines: Sendable {
    let kept = Mutex<[String]>([])
    var all: [String] { kept.withLock { $0 } }
  }

  private func logger(_ format: LogFormat, _ lines: Lines) -> Logger {
    var logger = Logger(label: "test") { _ in
      LineLogHandler(
        format: format, clock: { Timestamp(milliseconds: 1_800_000_000_123) },
        write: { line in lines.kept.withLock { $0.append(line) } })
    }
    logger.logLevel = .trace
    return logger
  }

  @Test func textReadsFromLeftToRight() {
    let lines = Lines()
    logger(.text, lines).info("a round serves", metadata: ["project": "7", "request": "r-1", "why": "it is due"])
    #expect(
      lines.all == ["2027-01-15T08:00:00.123Z info    a round serves request=r-1 project=7 why=\"it is due\"\n"])
  }

  @Test func jsonIsOneObjectALine() throws {
    let lines = Lines()
    logger(.json, lines).warning("slow \"request\"", metadata: ["status": "200", "ms": "1200.5", "user": "7"])
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(lines.all[0].utf8))
    #expect(value["time"]?.text == "2027-01-15T08:00:00.123Z")
    #expect(value["level"]?.text == "warning")
    #expect(value["message"]?.text == "slow \"request\"")
    #expect(value["status"]?.int == 200 && value["ms"]?.double == 1200.5 && value["user"]?.text == "7")
  }

  @Test(arguments: LogFormat.allCases)
  func nobodyForgesALine(format: LogFormat) throws {
    let lines = Lines()
    let attack = "x\n2027-01-15T08:00:00Z error forged\r\u{1B}[2J\u{2028}\u{202E}\u{85}\"} {\"a\":1"
    logger(format, lines).info("\(attack)", metadata: ["value": "\(attack)", "status": "1,\"admin\":true"])
    #expect(lines.all.count == 1)
    let line = try #require(lines.all.first)
    #expect(line.last == "\n")
    let unsafe = line.dropLast().unicodeScalars.filter { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    #expect(unsafe.isEmpty)
    #expect(!line.unicodeScalars.contains { [0x2028, 0x202E].contains($0.value) })
    if format == .json {
      let value = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
      #expect(Set(value.keys) == ["time", "level", "message", "status", "value"])
      #expect(value["message"]?.text == attack && value["value"]?.text == attack)
      #expect(value["status"]?.text == "1,\"admin\":true")
    }
  }

  @Test func longValuesAreCut() {
    let lines = Lines()
    logger(.text, lines).info("long", metadata: ["value": "\(String(repeating: "a", count: 100_000))"])
    #expect(lines.all[0].count < 2100)
  }

  @Test func linesBelowARequestCarryItsIdentifier() async {
    let lines = Lines()
    let logger = logger(.text, lines)
    await RequestScope.$id.withValue("abc") {
      await Task { logger.info("inside") }.value
    }
    logger.info("outside")
    #expect(lines.all[0].hasSuffix("inside request=abc\n"))
    #expect(lines.all[1].hasSuffix("outside\n"))
  }

  @Test(arguments: [
    ("/api/v1/projects/12/items", "/api/v1/projects/12/items"), ("/label.html", "/label.html"),
    ("/wnw_AbC123", "/…"), ("/projects/a%0Ab", "/projects/…"),
    ("/set-password/0123456789abcdef0123456789", "/set-password/…"),
    ("/averyveryverylongwordwithoutend", "/…"),
  ])
  func pathsAreShownWithoutWhatMayBeSecret(path: String, shown: String) {
    #expect(AccessLog.shown(path) == shown)
  }

  @Test func anAccessLineSaysWhoAndWhatAndHowLong() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      _ = try await engineer.get("projects/\(project)", headers: ["X-Request-Id": "r-77"])
      let line = try #require(server.logs.lines.last { $0.contains("r-77") })
      for part in ["debug request", "/api/v1/projects/{project}", "/api/v1/projects/\(project)", "GET", "200", "user"] {
        #expect(line.contains(part), "\(part) in \(line)")
      }
      #expect(!line.contains(engineer.token ?? "?"))
    }
  }

  @Test func slowRequestsAreTold() async throws {
    try await withServer { server in
      let head = try RequestHead(
        method: .get, target: "/api/v1/projects?cursor=hidden", headers: ["X-Request-Id": "slow-1"])
      _ = server.api.accept(head)
      head.record.handler(begins: 1_000_000)
      head.record.handler(ends: 801_000_000)
      server.api.completed(head, status: .ok, bytesSent: 5, duration: .milliseconds(1200))
      let line = try #require(server.logs.lines.last { $0.contains("slow-1") })
      for part in ["warning slow request", "1200.0", "handling_ms", "800.0"] { #expect(line.contains(part), "\(line)") }
      #expect(!line.contains("hidden"))
      let engineer = try await server.client(.engineer, "Eve")
      #expect(try await engineer.get("/metrics").text.contains("winnow_slow_requests_total 1\n"))
    }
  }

  @Test func problemsCarryTheRequestsIdentifier() async throws {
    try await withServer { server in
      for target in ["/api/v1/projects", "/api/v1/nothing"] {
        let answer = try await server.stranger.get(target, headers: ["X-Request-Id": "r-5"])
        #expect(answer.headers["X-Request-Id"] == "r-5")
        #expect(answer.json["request_id"]?.text == "r-5", "\(target)")
      }
      let refused = try await server.stranger.send(.put, "/api/v1/projects", nil, headers: ["X-Request-Id": "r-6"])
      #expect(refused.status == 405 && refused.json["request_id"]?.text == "r-6")
    }
  }
}
