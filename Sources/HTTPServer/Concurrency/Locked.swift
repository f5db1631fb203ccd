import Glibc

/// A value behind a POSIX mutex.
///
/// `Synchronization.Mutex` waits on a futex that the thread sanitizer cannot see; with this one its reports are true.
///
/// `@unchecked Sendable`: `value` is only touched between lock and unlock, and `mutex` is a heap address that is written
/// once.
final class Locked<Value>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  init(_ value: Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` alone with the value; not reentrant.
  @inline(__always)
  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
