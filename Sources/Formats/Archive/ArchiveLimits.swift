/// How much a zip file may hold: guards against files that are small and unpack to more than a machine has.
public struct ArchiveLimits: Sendable, Hashable {
  /// Entries, folders and whatever else is passed over included.
  public var entries: Int
  /// Bytes of one entry's content; a longer one is refused and the others are read.
  public var entryBytes: Int
  /// Bytes of all contents that are read, together.
  public var totalBytes: Int
  /// Bytes of all contents for each byte of the file, where they are more than ``expansionFloor``; `nil`: as many as
  /// `totalBytes` allows.
  ///
  /// Deflate alone makes a thousand of one, and entries that overlap make as many as there are entries.
  public var expansion: Int?

  /// What may come out of the smallest of files.
  static let expansionFloor = 64 << 20

  /// Limits that are wide for pictures: 200 000 entries, 64 MiB each, 8 GiB together.
  public init(entries: Int = 200_000, entryBytes: Int = 64 << 20, totalBytes: Int = 8 << 30, expansion: Int? = nil) {
    self.entries = entries
    self.entryBytes = entryBytes
    self.totalBytes = totalBytes
    self.expansion = expansion
  }

  /// The bytes that may come out of a file of a size.
  func totalBytes(from size: Int) -> Int {
    guard let expansion else { return totalBytes }
    let (grown, overflow) = size.multipliedReportingOverflow(by: expansion)
    return overflow ? totalBytes : min(totalBytes, max(Self.expansionFloor, grown))
  }

  /// How long the directory at the file's end may be: it is held in memory, entry by entry.
  ///
  /// An entry of it has 46 bytes, a name, and in practice some 30 bytes of times and owners.
  var directoryBytes: Int { max(64 << 10, entries.multipliedReportingOverflow(by: 160).partialValue) }
}
