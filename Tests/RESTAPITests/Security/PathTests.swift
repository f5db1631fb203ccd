import Domain
import Foundation
import HTTPCore
import Testing

/// Names that reach for what they should not.
@Suite struct PathTests {
  @Test(arguments: [
    "/../Package.swift", "/..%2fPackage.swift", "/%2e%2e/Package.swift", "/%2e%2e%2fPackage.swift",
    "/js/../../Package.swift",
    "/..\\Package.swift", "/..%5cPackage.swift", "/%c0%ae%c0%ae/Package.swift", "/%e0%80%ae/Package.swift",
    "/%252e%252e/Package.swift", "//etc/passwd", "/%2fetc%2fpasswd", "/label.html%00.png", "/label.html/",
    "/.git/config",
    "/%2egit/config", "/js/%2e/api.js", "/api/../label.html", "/\u{2024}\u{2024}/Package.swift", "/file:///etc/passwd",
    "/api/v1/projects/1/../../../Package.swift", "/api/v1/projects/..%2f..%2f..%2fPackage.swift/items",
  ])
  func nothingBesideThePagesIsServed(target: String) async throws {
    try await withServer { server in
      do {
        let answer = try await server.stranger.get(target)
        #expect(answer.status == 404 || answer.status == 401, "\(answer.status)")
      } catch is TargetError {
        // The server itself answers 400.
      }
    }
  }

  @Test func namesOfUploadsAreNamesAndNothingElse() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "image", labels: ["a"])
      let target = "projects/\(project)/items"
      let png = Array(try #require(Data(base64Encoded: Picture.base64)))
      let names = [
        "../../evil.png", "/etc/evil.png", "..\\..\\evil.png", "C:\\evil.png", "a/../../evil.png", "~/evil.png",
        "evil.png%00.txt", "..%2fevil.png", "evil.png\\r\\nSet-Cookie: a=b",
      ]
      let bytes =
        names.flatMap { name in
          Array("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\(name)\"\r\n\r\n".utf8) + png
            + Array("\r\n".utf8)
        } + Array("--x--\r\n".utf8)
      let answer = try await engineer.send(
        .post, target, chunks: [bytes], type: "multipart/form-data; boundary=x")
      #expect(answer.status == 200, "\(answer.text)")
      let zip = try await engineer.send(
        .post, target, chunks: [ZipFile.bytes(names.map { ("zip/" + $0, png) } + [("../evil.png", png)])],
        type: "application/zip")
      #expect(zip.status == 200, "\(zip.text)")
      // Every file of the data folder lies where this server puts it, under a name that it made.
      let files = try FileManager.default.subpathsOfDirectory(atPath: server.folder)
      #expect(!files.contains { $0.contains("evil") })
      #expect(!FileManager.default.fileExists(atPath: "/etc/evil.png"))
      for item in try await engineer.get(target).json["items"]?.list ?? [] {
        let picture = try await engineer.get(try #require(item["image_url"]?.text))
        #expect(picture.status == 200 && picture.bytes == png)
        #expect(!picture.headers.fields.contains { $0.value.contains("evil") || $0.value.contains("\n") })
      }
    }
  }

  @Test func noAnswerRepeatsTheHost() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let lies: HTTPHeaders = [
        "Host": "evil.example", "X-Forwarded-Host": "evil.example", "Origin": "http://evil.example",
      ]
      for (client, paths) in [
        (engineer, ["/api/v1/projects", "/openapi.json"]), (server.stranger, ["/", "/nothing", "/api/v1/projects"]),
      ] {
        for path in paths {
          let answer = try await client.get(path, headers: lies)
          #expect(!answer.text.contains("evil"), "\(path)")
          #expect(!answer.headers.fields.contains { $0.value.contains("evil") }, "\(path)")
          #expect(!answer.headers.contains("Access-Control-Allow-Origin"), "\(path)")
        }
      }
    }
  }
}
