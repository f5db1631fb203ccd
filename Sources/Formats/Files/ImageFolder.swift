internal import Glibc

/// The images of a folder: `class/name.png`, as image classification sets are laid out, or flat without classes.
public struct ImageFolder: Sendable, Hashable {
  /// One image file.
  public struct Image: Sendable, Hashable {
    /// The path from the folder down, such as `cat/1.png`: unique, so it serves as a key.
    public let relativePath: String
    /// The path to open.
    public let path: String
    /// The name of the innermost folder that holds it, or nil for an image at the top.
    public let label: String?
    /// The file's size.
    public let bytes: Int
  }

  /// A file that was passed over.
  public struct Skipped: Sendable, Hashable {
    /// Why a file was passed over.
    public enum Reason: String, Sendable, Hashable {
      case hidden = "its name starts with a dot"
      case notAnImage = "its extension is not one of the images'"
      case empty = "it is empty"
      case notAFile = "it is neither a file nor a folder"
      case tooDeep = "it lies too many folders deep"
      case unreadable = "it can't be read"
    }

    /// The path from the folder down.
    public let relativePath: String
    /// Why it was passed over.
    public let reason: Reason
  }

  /// The images, ordered by the bytes of their relative paths, whatever the file system's order.
  public let images: [Image]
  /// The files that were passed over, in the same order.
  public let skipped: [Skipped]

  /// The classes found, sorted.
  public var labels: [String] { Set(images.compactMap(\.label)).sorted() }

  /// Lists the images in a folder and those below it.
  ///
  /// No image is opened. Links to folders are not followed.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - extensions: what the names of images end in, in lower case; case doesn't matter in the files' names.
  ///   - maxDepth: folders below the folder that are looked into, one inside the other.
  /// - Throws: ``FileError`` where the folder itself can't be listed.
  /// - Complexity: O(files · log files).
  public init(path: String, extensions: Set<String> = ["png", "jpg", "jpeg"], maxDepth: Int = 4) throws(FileError) {
    var walk = Walk(extensions: extensions, maxDepth: maxDepth)
    try walk.enter(path, relative: "", label: nil, depth: 0)
    images = walk.images.sorted { $0.relativePath.utf8.lexicographicallyPrecedes($1.relativePath.utf8) }
    skipped = walk.skipped.sorted { $0.relativePath.utf8.lexicographicallyPrecedes($1.relativePath.utf8) }
  }

  private struct Walk {
    let extensions: Set<String>
    let maxDepth: Int
    var images: [Image] = []
    var skipped: [Skipped] = []

    mutating func enter(_ path: String, relative: String, label: String?, depth: Int) throws(FileError) {
      guard let folder = opendir(path) else { throw FileError(operation: .list, path: path, code: errno) }
      var names: [String] = []
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: Int(entry.pointee.d_reclen)) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
      }
      closedir(folder)
      for name in names {
        visit(
          name, path: "\(path)/\(name)", relative: relative.isEmpty ? name : "\(relative)/\(name)", label: label,
          depth: depth)
      }
    }

    mutating func visit(_ name: String, path: String, relative: String, label: String?, depth: Int) {
      func skip(_ reason: Skipped.Reason) { skipped.append(Skipped(relativePath: relative, reason: reason)) }
      if name.hasPrefix(".") { return skip(.hidden) }
      var status = stat()
      guard lstat(path, &status) == 0 else { return skip(.unreadable) }
      if status.st_mode & S_IFMT == S_IFDIR {
        if depth >= maxDepth { return skip(.tooDeep) }
        do { try enter(path, relative: relative, label: name, depth: depth + 1) } catch { skip(.unreadable) }
        return
      }
      if status.st_mode & S_IFMT == S_IFLNK, stat(path, &status) != 0 { return skip(.unreadable) }
      guard status.st_mode & S_IFMT == S_IFREG else { return skip(.notAFile) }
      guard let dot = name.lastIndex(of: "."), extensions.contains(name[name.index(after: dot)...].lowercased())
      else { return skip(.notAnImage) }
      if status.st_size == 0 { return skip(.empty) }
      images.append(Image(relativePath: relative, path: path, label: label, bytes: Int(status.st_size)))
    }
  }
}
