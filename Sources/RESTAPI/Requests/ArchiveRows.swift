import Domain
import Formats
import Labeling
import Synchronization

/// The pictures of a zip file as rows, a batch at a time.
final class ArchiveRows: Sendable {
  /// Entries that are looked at in one go: reading shares its thread with the other uploads.
  private static let goLimit = RowBatch.rowLimit
  private static let extensions: Set<String> = ["png", "jpg", "jpeg"]

  private let file: ScratchFile
  private let reader: Mutex<ArchiveReader>
  private let labelFromFolder: Bool

  /// Pictures are compressed already: a file that grows a hundredfold holds something else.
  ///
  /// - Throws: ``ArchiveError`` or ``FileError``.
  init(_ file: ScratchFile, labelFromFolder: Bool, limits: ArchiveLimits = ArchiveLimits(expansion: 100)) throws {
    self.file = file
    self.labelFromFolder = labelFromFolder
    reader = Mutex(try ArchiveReader(descriptor: file.descriptor, limits: limits))
  }

  /// What one go has found.
  struct Go: Sendable {
    var rows: [Result<ItemRow, FieldError>] = []
    var bytes = 0
    /// Why nothing follows, where it's not for the end of the file.
    var failure: ArchiveError?
    var isLast = false
  }

  /// The next rows, some hundreds or some megabytes of them; blocks on the disk.
  func next() -> Go {
    reader.withLock { reader in
      var go = Go()
      do throws(ArchiveError) {
        while go.rows.count < Self.goLimit, go.bytes < RowBatch.byteLimit {
          guard let entry = try reader.next() else {
            go.isLast = true
            break
          }
          let row = try Self.row(entry, &reader, labelFromFolder: labelFromFolder)
          go.bytes += (try? row.get().imageBytes?.count) ?? 0
          go.rows.append(row)
        }
      } catch {
        go.failure = error
      }
      return go
    }
  }

  private static func row(
    _ entry: ArchiveEntry, _ reader: inout ArchiveReader, labelFromFolder: Bool
  ) throws(ArchiveError) -> Result<ItemRow, FieldError> {
    let name = entry.name.prefix(200)
    guard let path = entry.path else {
      return .failure(
        FieldError("/key", "“\(name)” can't be a key: an entry's path is not empty and does not lead out of the file."))
    }
    guard extensions.contains(entry.fileExtension) else {
      return .failure(FieldError("/image", "“\(name)” is no picture by its name: png, jpg and jpeg are taken."))
    }
    switch try reader.content() {
    case .bytes(let bytes):
      var row = ItemRow()
      row.key = path
      row.imageBytes = bytes
      row.label = labelFromFolder ? entry.folder : nil
      return .success(row)
    case .tooLong(let limit): return .failure(FieldError("/image", "“\(name)” has more than \(limit) bytes."))
    case .encrypted: return .failure(FieldError("/image", "“\(name)” is encrypted: make the file without a password."))
    case .damaged(let message): return .failure(FieldError("/image", "“\(name)” can't be unpacked: \(message)."))
    }
  }
}
