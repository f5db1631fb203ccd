private import Foundation
private import Glibc

/// What the system says about the process.
public enum ProcessResources {
  /// Processor time of all threads since the process started, user and system, in seconds.
  public static var processorSeconds: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// The most memory that was resident since the process started or ``resetPeakMemory()`` was called, in bytes.
  ///
  /// From `VmHWM` of `/proc/self/status`; nil where there is no such file.
  public static var peakMemory: Int? { statusBytes("VmHWM:") }

  /// Memory that is resident now, in bytes; nil where the system does not tell.
  public static var residentMemory: Int? { statusBytes("VmRSS:") }

  /// Lowers the peak to what is resident now; false where the system does not allow it.
  @discardableResult public static func resetPeakMemory() -> Bool {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return false }
    // "5" resets the peak and touches nothing else (man 5 proc_pid_clear_refs).
    let isWritten = fputs("5", file) >= 0
    return fclose(file) == 0 && isWritten
  }

  private static func statusBytes(_ key: String) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }
}
