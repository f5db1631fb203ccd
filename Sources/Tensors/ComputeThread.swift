private import CWinnowOneDNN
private import Glibc

/// Settings of the calling thread that numeric work needs.
public enum ComputeThread {
  /// Names the calling thread, as `top -H` and debuggers show it (the first 15 bytes).
  public static func setName(_ name: String) {
    winnow_set_thread_name(name)
  }

  /// Gives memory that was freed back to the system: after work with large matrices the allocator keeps much of it.
  ///
  /// Takes milliseconds, during which other threads that allocate wait.
  public static func trimMemory() { winnow_trim_memory() }

  /// Lowers the priority of the calling thread alone: on Linux niceness belongs to a thread, and id 0 means the caller.
  ///
  /// - Parameter niceness: 0 (usual) to 19 (runs on what others leave). It cannot be lowered again without privileges.
  public static func setNiceness(_ niceness: Int32) {
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
  }

  /// The niceness of the calling thread.
  public static var niceness: Int32 { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }
}
