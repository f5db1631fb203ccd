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
  /// The store has been closed.
  case closed

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
    case .closed: "The store has been closed."
    }
  }
}
