import Foundation
import Storage

/// A backup that is made under another name and gets its own once it is whole and on disk.
public struct BackupFile {
  private let target: String
  private let features: Bool

  /// Names a backup.
  ///
  /// - Parameters:
  ///   - target: a name that ends in `.tar`, or a folder's.
  ///   - features: whether the feature matrices belong into it.
  public init(target: String, features: Bool) {
    self.target = target
    self.features = features
  }

  /// Copies a data folder.
  ///
  /// - Throws: ``StorageError``; nothing is left behind then.
  public func write(from service: LabelingService) throws -> BackupSummary {
    let parent = DurableFiles.above(target)
    let building = target + ".partial-\(UUID().uuidString.prefix(8))"
    // Beside the target rather than in the data folder: that one may be full.
    let scratch = building + ".scratch"
    do {
      try DurableFiles.makeFolder(scratch)
      let source = try BackupSource(of: service, scratch: scratch, features: features)
      let summary: BackupSummary
      if target.hasSuffix(".tar") {
        summary = try writeTar(source, to: building)
      } else {
        try DurableFiles.makeFolder(building)
        summary = try source.writeFolder(building)
        try DurableFiles.syncTree(building)
      }
      // `rename` replaces a file; a name that was taken meanwhile must stay what it is.
      guard access(target, F_OK) != 0 else { throw StorageError.system(EEXIST, path: target) }
      guard rename(building, target) == 0 else { throw StorageError.system(errno, path: target) }
      try DurableFiles.syncFolder(parent)
      try? FileManager.default.removeItem(atPath: scratch)
      return summary
    } catch {
      for path in [scratch, building] { try? FileManager.default.removeItem(atPath: path) }
      throw error
    }
  }

  private func writeTar(_ source: BackupSource, to path: String) throws -> BackupSummary {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StorageError.system(errno, path: path) }
    defer { close(descriptor) }
    let summary = try source.writeTar { try DurableFiles.append($0, to: descriptor, path: path) }
    guard fsync(descriptor) == 0 else { throw StorageError.system(errno, path: path) }
    return summary
  }
}
