import Formats
import Foundation
import HTTPCore
import Testing

@Suite struct CompressedPagesTests {
  @Test func textsAreCompressedForWhoeverTakesIt() async throws {
    try await withServer { server in
      let plain = try await server.stranger.get("/js/queue.js")
      #expect(plain.headers["Content-Encoding"] == nil && plain.headers["Vary"] == "Accept-Encoding")
      for accepted in ["gzip", "gzip, deflate, br", "br;q=1, GZIP ;q=0.2", "*"] {
        let packed = try await server.stranger.get("/js/queue.js", headers: ["Accept-Encoding": accepted])
        #expect(packed.headers["Content-Encoding"] == "gzip", "\(accepted)")
        #expect(packed.bytes.count * 2 < plain.bytes.count)
        var reader = try GzipReader()
        reader.feed(packed.bytes)
        var content: [UInt8] = []
        while let piece = try reader.next() { content += piece }
        #expect(try content + reader.finish() == plain.bytes)
      }
      for refused in ["br", "gzip;q=0", "*;q=0", "gzip;q=0, *", "identity"] {
        let answer = try await server.stranger.get("/js/queue.js", headers: ["Accept-Encoding": refused])
        #expect(answer.headers["Content-Encoding"] == nil, "\(refused)")
        #expect(answer.bytes == plain.bytes)
      }
    }
  }

  @Test func eachFormHasATagOfItsOwn() async throws {
    try await withServer { server in
      let plain = try #require(try await server.stranger.get("/label.html").headers["ETag"])
      let gzip: HTTPHeaders = ["Accept-Encoding": "gzip"]
      let packed = try #require(try await server.stranger.get("/label.html", headers: gzip).headers["ETag"])
      #expect(plain != packed)
      for tag in [packed, "\"other\", \(packed)", "W/\(packed)"] {
        let known = try await server.stranger.get(
          "/label.html", headers: ["Accept-Encoding": "gzip", "If-None-Match": tag])
        #expect(known.status == 304 && known.headers["ETag"] == packed && known.bytes.isEmpty, "\(tag)")
      }
      let other = try await server.stranger.get(
        "/label.html", headers: ["Accept-Encoding": "gzip", "If-None-Match": "\"other\""])
      #expect(other.status == 200)
    }
  }

  @Test func answersOfTheInterfaceStayAsTheyAre() async throws {
    // They mix secrets with what callers send: compressed, their size could betray the former (BREACH).
    try await withServer { server in
      let answer = try await server.stranger.get("/api/v1/openapi.json", headers: ["Accept-Encoding": "gzip"])
      #expect(answer.status == 200 && answer.headers["Content-Encoding"] == nil)
    }
  }
}
