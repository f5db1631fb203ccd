/// Why a zip file can't be read, or not any further.
public enum ArchiveError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file doesn't look like a zip file.
  case notAnArchive
  /// The file begins like a zip file but lacks the directory at its end.
  case truncated
  /// What the directory says about the entry after so many others makes no sense.
  case corrupt(entry: Int, message: String)
  /// There are more entries than allowed, or their directory is longer than so many need.
  case tooManyEntries(limit: Int)
  /// The contents are longer than allowed, all together.
  case tooLong(maxBytes: Int)
  /// libarchive found no memory.
  case outOfMemory

  /// What is wrong, where, and what to do, in a sentence.
  public var description: String {
    switch self {
    case .notAnArchive: "this is not a zip file; send one"
    case .truncated: "the zip file ends too early, before its directory; send all of it"
    case .corrupt(let entry, let message):
      "the zip file is damaged at entry \(entry) (from 0): \(message); make it again"
    case .tooManyEntries(let limit): "the zip file has more than \(limit) entries; split it"
    case .tooLong(let maxBytes): "the zip file grows beyond \(maxBytes) bytes when unpacked; split it"
    case .outOfMemory: "no memory for unpacking; try again"
    }
  }
}
