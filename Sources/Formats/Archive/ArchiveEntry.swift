/// A file in a zip file.
public struct ArchiveEntry: Sendable, Hashable {
  /// Its path from the archive's top down, such as `cat/1.png`, or nil where the archive's name for it is none: it is
  /// empty, cannot be decoded, or leads out of the archive (`../1.png`).
  ///
  /// It is a name to tell files apart, never one to open.
  public let path: String?
  /// What the archive calls it, for messages.
  public let name: String
  /// Whether its content is encrypted, and therefore can't be had.
  public let isEncrypted: Bool

  /// The name of the innermost folder that holds it, or nil at the top.
  public var folder: String? {
    guard let parts = path?.split(separator: "/"), parts.count > 1 else { return nil }
    return String(parts[parts.count - 2])
  }

  /// What follows the last dot of its name, in lower case; empty where there is none.
  public var fileExtension: String {
    let last = name.split(separator: "/").last ?? ""
    return last.lastIndex(of: ".").map { last[last.index(after: $0)...].lowercased() } ?? ""
  }

  /// Whether a path belongs to what systems leave behind: a file or folder that starts with a dot, or macOS's own.
  static func isLitter(_ name: String) -> Bool {
    let parts = name.split(separator: "/")
    return parts.first == "__MACOSX" || parts.contains { $0.hasPrefix(".") && $0 != "." && $0 != ".." }
  }

  /// The path without what changes nothing, or nil where nothing is left or it leads upwards.
  static func path(of name: String) -> String? {
    let parts = name.split(separator: "/").filter { $0 != "." }
    if parts.isEmpty || parts.contains("..") || name.utf8.contains(0) { return nil }
    return parts.joined(separator: "/")
  }
}

/// What an entry of a zip file holds.
public enum ArchiveContent: Sendable, Hashable {
  /// Its bytes.
  case bytes([UInt8])
  /// More bytes than allowed, of which none were kept.
  case tooLong(maxBytes: Int)
  /// Encrypted bytes.
  case encrypted
  /// Bytes that can't be unpacked, or whose checksum differs.
  case damaged(message: String)
}
