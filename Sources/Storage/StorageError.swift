import Foundation

/// What can go wrong between the product and its database.
public enum StorageError: Error, Sendable, CustomStringConvertible {
  /// The data folder cannot be made, read or written.
  case dataFolder(path: String, reason: String)
  /// The file is not a database of this product, or is damaged.
  case notADatabase(path: String, reason: String)
  /// The database was written by a newer version of the product.
  case newerVersion(path: String, found: Int, known: Int)
  /// The SQL files that make and change the schema are missing or not numbered in order.
  case migrations(path: String, reason: String)
  /// Another server has the data folder open.
  case inUse(path: String, holder: String)
  /// A transaction could not be committed; nothing of it was kept.
  case commit(reason: String)
  /// The disk refused a write: it is full, can only be read, or failed.
  case unwritable(StorageFault, path: String, reason: String)
  /// The store has been closed.
  case closed

  /// What a failed system call on a file amounts to.
  ///
  /// - Parameter code: `errno` after the call.
  public static func system(_ code: Int32, path: String) -> StorageError {
    let reason = String(cString: strerror(code))
    return StorageFault(code: code).map { .unwritable($0, path: path, reason: reason) }
      ?? .dataFolder(path: path, reason: reason)
  }

  /// Whether the disk refused, so that the same write may succeed later.
  public var isRefusal: Bool {
    if case .unwritable = self { true } else { false }
  }

  /// What went wrong, where, and what to do.
  public var description: String {
    switch self {
    case .dataFolder(let path, let reason):
      "The data folder “\(path)” cannot be used: \(reason). Choose another with --data, or change its owner or rights."
    case .notADatabase(let path, let reason):
      "“\(path)” is not a Winnow database, or is damaged: \(reason). Restore it from a backup, or choose another folder."
    case .newerVersion(let path, let found, let known):
      "“\(path)” was written by a newer Winnow (schema \(found); this one knows \(known)). Install that version or newer; "
        + "nothing was changed."
    case .migrations(let path, let reason):
      "The schema files in “\(path)” cannot be used: \(reason). Reinstall Winnow, or set WINNOW_ROOT to its folder."
    case .inUse(let path, let holder):
      "The data folder “\(path)” is in use by another Winnow process (\(holder)). Stop it, or push over its REST API."
    case .commit(let reason):
      "The change could not be written to disk, and nothing of it was kept: \(reason)."
    case .unwritable(.full, let path, let reason):
      "There is no room left for “\(path)”: \(reason). Make room on that disk; what was not acknowledged was not kept."
    case .unwritable(.readOnly, let path, let reason):
      "“\(path)” can only be read: \(reason). Mount its disk so that it can be written, or choose another folder."
    case .unwritable(.device, let path, let reason):
      "The disk failed to write “\(path)”: \(reason). Check the disk (dmesg, smartctl) before you trust it again."
    case .closed: "The store has been closed."
    }
  }
}
