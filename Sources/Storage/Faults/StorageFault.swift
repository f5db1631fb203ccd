import Foundation
import GRDB

/// What keeps a data folder from being written, where the disk is the reason.
public enum StorageFault: String, Sendable, Hashable {
  /// No room, or no quota.
  case full
  /// Mounted so that it can only be read.
  case readOnly = "read_only"
  /// The device failed, or the file system did.
  case device

  /// What a failed system call says; `nil` where something else was wrong.
  public init?(code: Int32) {
    switch code {
    case ENOSPC, EDQUOT: self = .full
    case EROFS: self = .readOnly
    case EIO, ENXIO, ENODEV: self = .device
    default: return nil
    }
  }

  /// What SQLite says.
  ///
  /// - Parameter path: the database, beside which the disk is tried where SQLite does not say what is wrong with it.
  init?(_ error: DatabaseError, path: String) {
    switch error.resultCode {
    case .SQLITE_FULL: self = .full
    // Also where the files beside the database cannot be made, for whatever reason.
    case .SQLITE_READONLY: self = Self.found(beside: path) ?? .readOnly
    case .SQLITE_IOERR: self = Self.found(beside: path) ?? .device
    case .SQLITE_CANTOPEN:
      guard let fault = Self.found(beside: path) else { return nil }
      self = fault
    default: return nil
    }
  }

  /// What writing beside a file meets with at this moment; `nil` where it succeeds, or cannot be tried.
  ///
  /// SQLite tells a full disk from all other errors, but not those from each other.
  static func found(beside path: String) -> StorageFault? {
    let folder = (path as NSString).deletingLastPathComponent
    let file = "\(folder)/.probe-\(UUID().uuidString)"
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return StorageFault(code: errno) }
    // Without a name from here on, so that nothing is left behind.
    unlink(file)
    defer { close(descriptor) }
    let bytes = [UInt8](repeating: 0, count: 64 << 10)
    guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      return StorageFault(code: errno)
    }
    return nil
  }

  /// What is the matter and what to do, without naming places on the server.
  public var advice: String {
    switch self {
    case .full:
      "There is no room left on the server's disk, so nothing was changed. Keep what you sent and send it again: it is "
        + "taken as soon as there is room."
    case .readOnly:
      "The server's disk can only be read at present, so nothing was changed. Keep what you sent and send it again once it "
        + "can be written."
    case .device:
      "The server's disk reported an error, so this change was not acknowledged. Keep what you sent and send it again."
    }
  }
}
