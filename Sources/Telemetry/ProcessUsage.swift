import Glibc

/// What the process uses of the machine, as the kernel tells it.
public struct ProcessUsage: Sendable {
  /// Bytes of memory in use, those of mapped files among them.
  public var residentBytes = 0
  /// Bytes of address space.
  public var virtualBytes = 0
  /// Seconds of processor time, of all threads.
  public var processorSeconds = 0.0
  /// Open file descriptors.
  public var openDescriptors = 0
  /// How many it may open.
  public var descriptorLimit = 0
  /// Threads.
  public var threads = 0

  /// Asks the kernel; what it does not tell stays 0.
  public init() {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let memory = Self.words(of: "/proc/self/statm")
    if memory.count > 1 {
      virtualBytes = (Int(memory[0]) ?? 0) * page
      residentBytes = (Int(memory[1]) ?? 0) * page
    }
    // The second word is the program's name, in brackets; what follows is plain.
    let state = Self.words(of: "/proc/self/stat")
    if let end = state.lastIndex(where: { $0.hasSuffix(")") }), state.count > end + 18 {
      threads = Int(state[end + 18]) ?? 0
    }
    var usage = rusage()
    if getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 {
      processorSeconds =
        Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        / 1e6
    }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(7), &limit) == 0 { descriptorLimit = Int(clamping: limit.rlim_cur) }
    openDescriptors = Self.entries(of: "/proc/self/fd")
  }

  /// The start of a small file of the kernel's, split at white space.
  private static func words(of path: String) -> [String] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &bytes, bytes.count)
    guard count > 0 else { return [] }
    return String(decoding: bytes[..<count], as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// How many entries a folder has, without itself, its parent and the descriptor that reads it.
  private static func entries(of path: String) -> Int {
    guard let folder = opendir(path) else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return max(0, count - 3)
  }
}

/// What is left of a file system.
public struct FileSystemSpace: Sendable {
  /// Bytes that this process may still write.
  public var free = 0
  /// Bytes in all.
  public var total = 0
  /// Whether it can only be read.
  public var isReadOnly = false

  /// Asks for the file system that holds a path; `nil` where it does not answer.
  public init?(of path: String) {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    free = Int(clamping: status.f_bavail) * Int(status.f_frsize)
    total = Int(clamping: status.f_blocks) * Int(status.f_frsize)
    isReadOnly = status.f_flag & 1 != 0
  }
}

/// The size of a file in bytes; 0 where there is none.
public func fileSize(_ path: String) -> Int {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : 0
}
