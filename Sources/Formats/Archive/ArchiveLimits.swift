/// How much a zip file may hold: guards against files that are small and unpack to more than a machine has.
public struct ArchiveLimits: Sendable, Hashable {
  /// Entries, folders and whatever else is passed over included.
  public var entries: Int
  /// Bytes of one entry's content; a longer one is refused and the others are read.
  public var entryBytes: Int
  /// Bytes of all contents that are read, together.
  public var totalBytes: Int

  /// Limits that are wide for pictures: 200 000 entries, 64 MiB each, 8 GiB together.
  public init(entries: Int = 200_000, entryBytes: Int = 64 << 20, totalBytes: Int = 8 << 30) {
    self.entries = entries
    self.entryBytes = entryBytes
    self.totalBytes = totalBytes
  }

  /// How long the directory at the file's end may be: it is held in memory, entry by entry.
  ///
  /// An entry of it has 46 bytes, a name, and in practice some 30 bytes of times and owners.
  var directoryBytes: Int { max(64 << 10, entries.multipliedReportingOverflow(by: 160).partialValue) }
}
