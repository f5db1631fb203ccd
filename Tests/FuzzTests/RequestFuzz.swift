import Domain
import Foundation
import HTTPCore
import Testing

/// What every request is taken apart with.
@Suite struct RequestFuzz {
  @Test func json() throws {
    let deep = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
    let mutator = Mutator(
      seeds: [
        #"{"items": [{"key": "a", "text": "b\u00e9\ud83d\ude00", "meta": {"x": [1, -2.5e3, true, null]}}]}"#,
        #"[1, 1.0, 1e300, -0, 9223372036854775807, 0.1]"#, deep, #""\"\\\/\b\f\n\r\t""#,
      ].map { Array($0.utf8) },
      words: [
        "\\ud800", "\\u0000", "1e999", "\"", "{", "}", "[", "]", ":", ",", "null", "\u{0}", "[[[[[[[[", "\u{FEFF}",
      ])
    try Fuzz.run("json", mutator) { bytes, _ in
      guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { return nil }
      // What is read can be written, and reads as the same then.
      let written = value.serialized()
      guard let again = try? JSONDecoder().decode(JSONValue.self, from: Data(written)) else {
        return "cannot be read again: \(String(decoding: written.prefix(300), as: UTF8.self))"
      }
      return again.serialized() == written ? nil : "it reads as something else"
    }
  }

  @Test func targets() throws {
    let mutator = Mutator(
      seeds: ["/api/v1/projects/1/items?limit=10&cursor=%31", "http://host/a%2Fb?x=y+z", "*", "/%C3%A9/./.."].map {
        Array($0.utf8)
      }, words: ["%", "%00", "%2e%2e", "/", "..", "?", "&", "=", "+", "%ff", "//", "\\"])
    try Fuzz.run("target", mutator) { bytes, _ in
      let text = String(decoding: bytes, as: UTF8.self)
      guard let target = try? RequestTarget(text) else { return nil }
      let bad = target.path.contains { $0 == ".." || $0 == "." || $0.utf8.contains(0) }
      return bad ? "\(target.path)" : nil
    }
  }

  @Test func origins() throws {
    let trusted = ["10.0.0.0/8", "::1"].compactMap { AddressRange($0) }
    let mutator = Mutator(
      seeds: ["203.0.113.5, 10.0.0.2, [2001:db8::1]:80", "for=\"[2001:db8::5]:4711\";proto=https;host=a, for=10.0.0.3"]
        .map {
          Array($0.utf8)
        }, words: [",", ";", "\"", "=", "for=", "10.0.0.1", "unknown", "[", "]", ":", "\\", "::"])
    try Fuzz.run("forwarded", mutator) { bytes, _ in
      let text = String(decoding: bytes, as: UTF8.self)
      for name in ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"] {
        let headers = HTTPHeaders(fields: [.init(name: name, value: text)])
        let origin = ClientOrigin(peer: "10.0.0.1", isTLS: false, headers: headers, trusted: trusted)
        // An address, or that of the proxy itself; never a text that a client made up.
        guard let address = IPAddress(origin.address), address.description == origin.address else {
          return origin.address
        }
        let stranger = ClientOrigin(peer: "203.0.113.1", isTLS: false, headers: headers, trusted: trusted)
        if stranger != ClientOrigin(address: "203.0.113.1", isSecure: false) { return "a stranger was believed" }
      }
      return nil
    }
  }

  @Test func cookies() throws {
    let mutator = Mutator(
      seeds: ["winnow_session=abc; a=\"b\"; c", "=;;= ; x=y=z"].map { Array($0.utf8) },
      words: [";", "=", "\"", " ", "\t"])
    try Fuzz.run("cookie", mutator) { bytes, _ in
      let text = String(decoding: bytes, as: UTF8.self)
      let head = try RequestHead(method: .get, target: "/", headers: ["Cookie": text, "X-Request-Id": text])
      if head.cookies.keys.contains("") { return "a cookie without a name" }
      let isPrintable = head.id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && head.id.utf8.count <= 128
      return isPrintable ? nil : "the request id \(head.id)"
    }
  }
}
