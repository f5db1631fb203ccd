import Formats
import Foundation
import HTTPCore
import HTTPServer
import Synchronization

/// The browser's pages: the files of a folder, compressed for whoever takes that.
///
/// A page loads some forty small texts; compressed they are a third of the bytes. Each is compressed once and kept in
/// memory as long as its file stays as it is. Nothing of a user's is ever among them, so their size betrays nothing.
final class CompressedPages: Sendable {
  /// A larger file goes out as it is, from disk.
  static let limit = 1 << 20
  /// Compressed files that are kept, by the entity tag of what they were made from.
  private let kept = Mutex<[String: [UInt8]]>([:])
  private let files: StaticFiles

  init(root: String) { files = StaticFiles(root: root) }

  /// Answers for a file, as ``StaticFiles`` does; the compressed form has an `ETag` of its own.
  func response(for head: RequestHead, path: [String]) -> HTTPResponse? {
    var plain = head
    if let tags = head.headers["If-None-Match"] {
      plain.headers["If-None-Match"] = tags.replacingOccurrences(of: Self.mark, with: "\"")
    }
    guard var response = files.response(for: plain, path: path), let tag = response.headers["ETag"],
      Self.isText(response.headers["Content-Type"] ?? "")
    else { return files.response(for: head, path: path) }
    response.headers["Vary"] = "Accept-Encoding"
    guard Self.takesGzip(head) else { return response }
    if response.status == .notModified {
      response.headers["ETag"] = Self.marked(tag)
      return response
    }
    guard case .file(let file, let size) = response.body, size <= Self.limit, let bytes = packed(file, tag: tag) else {
      return response
    }
    response.headers["ETag"] = Self.marked(tag)
    response.headers["Content-Encoding"] = "gzip"
    response.body = .bytes(bytes)
    return response
  }

  private func packed(_ file: String, tag: String) -> [UInt8]? {
    if let known = kept.withLock({ $0[tag] }) { return known }
    guard let content = FileManager.default.contents(atPath: file),
      let bytes = GzipWriter.compressed([UInt8](content))
    else { return nil }
    kept.withLock { table in
      // Pages that are being worked on have a new tag after each change; the old ones are of no use to anybody.
      if table.count >= 256 { table.removeAll() }
      table[tag] = bytes
    }
    return bytes
  }

  private static let mark = "-gz\""

  /// The tag of the compressed form of a file.
  private static func marked(_ tag: String) -> String { tag.dropLast() + mark }

  private static func isText(_ type: String) -> Bool {
    type.hasPrefix("text/") || type.hasPrefix("application/json") || type.hasPrefix("image/svg")
  }

  /// Whether a client takes gzip: named, or `*`, and not with a quality of 0 (RFC 9110 section 12.5.3).
  static func takesGzip(_ head: RequestHead) -> Bool {
    var any = false
    for field in head.headers.values(for: "Accept-Encoding") {
      for part in field.split(separator: ",") {
        let pieces = part.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
        guard let name = pieces.first, name == "gzip" || name == "*" else { continue }
        let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
        if name == "gzip" { return quality > 0 }
        any = quality > 0
      }
    }
    return any
  }
}
