import Glibc
public import HTTPCore

/// The files under one folder, as resources.
///
/// Nothing outside the folder is ever served: no `..`, no zero bytes, no symbolic link that leaves it, no file or folder
/// whose name starts with a dot.
public struct StaticFiles: Sendable {
  /// The folder's real path; `nil` where there is no such folder.
  private let root: String?

  /// Serves a folder.
  public init(root: String) { self.root = Self.realPath(root) }

  /// Answers for a file; a path that names a folder answers for its `index.html`.
  ///
  /// The answer carries a strong `ETag` of the file's identity, size and time, and tells caches to ask each time. A
  /// matching `If-None-Match` gets 304; methods other than `GET` and `HEAD` get 405.
  ///
  /// - Parameter path: decoded segments below the folder.
  /// - Returns: `nil` where there is no such file.
  /// - Complexity: a few system calls; the file itself is opened when the answer is sent.
  public func response(for head: RequestHead, path: [String]) -> HTTPResponse? {
    guard let (file, status) = find(path) else { return nil }
    guard head.method == .get || head.method == .head else {
      return .methodNotAllowed(head.method, allow: [.get, .head, .options])
    }
    let tag = Self.entityTag(status)
    let headers: HTTPHeaders = [
      "ETag": tag, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff",
      "Content-Type": ContentType.of(fileName: file),
    ]
    if let known = head.headers["If-None-Match"], Self.matches(known, tag) {
      return HTTPResponse(status: .notModified, headers: headers)
    }
    return HTTPResponse(status: .ok, headers: headers, body: .file(path: file, size: Int(status.st_size)))
  }

  /// Finds a regular file below the root by its real path.
  private func find(_ path: [String]) -> (String, stat)? {
    guard let root else { return nil }
    var segments = path
    let wantsFolder = segments.last == ""  // `/docs/` is the folder `docs`
    if wantsFolder { segments.removeLast() }
    guard segments.allSatisfy(Self.isPlainName) else { return nil }
    let wanted = ([root] + segments).joined(separator: "/")
    guard let real = Self.realPath(wanted), real == root || real.hasPrefix(root == "/" ? root : root + "/") else {
      return nil
    }
    var status = stat()
    guard stat(real, &status) == 0 else { return nil }
    if status.st_mode & S_IFMT == S_IFDIR {
      guard segments.last != "index.html" else { return nil }
      return find(segments + ["index.html"])
    }
    return status.st_mode & S_IFMT == S_IFREG && !wantsFolder ? (real, status) : nil
  }

  private static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.first != UInt8(ascii: ".") && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
  }

  private static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  private static func entityTag(_ status: stat) -> String {
    let parts = [Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    return "\"" + parts.map { String($0, radix: 36) }.joined(separator: "-") + "\""
  }

  /// Whether a list of entity tags names this one, compared weakly (RFC 9110 section 13.1.2).
  private static func matches(_ list: String, _ tag: String) -> Bool {
    list.split(separator: ",").contains { part in
      var part = part.drop { $0 == " " }
      while part.last == " " { part.removeLast() }
      if part.hasPrefix("W/") { part = part.dropFirst(2) }
      return part == "*" || part == tag
    }
  }
}
