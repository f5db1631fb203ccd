private import CWinnowOneDNN
private import Glibc
private import Synchronization

/// The state that a pool shares with its threads.
///
/// `@unchecked Sendable`: `current`, `generation`, `active` and `stopping` are touched only with `mutex` held; `next` is
/// atomic; the rest never changes after the pool's initialiser.
final class ComputeTeam: @unchecked Sendable {
  /// One parallel region, in the stack frame of its caller, which outlives every use: the caller returns only after
  /// `active` has fallen to zero with `current` cleared.
  private struct Job {
    let region: ComputeRegion
    let body: @Sendable (Range<Int>) -> Void
  }

  private(set) var workers = 0
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let next = Atomic<Int>(0)
  private let busy = Atomic<Bool>(false)
  private var current: UnsafePointer<Job>?
  private var generation = 0
  private var active = 0
  private var stopping = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    pthread_cond_init(done, nil)
  }

  deinit {
    pthread_cond_destroy(done)
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    done.deallocate()
    wake.deallocate()
    mutex.deallocate()
  }

  /// Starts one thread.
  ///
  /// Called from the pool's initialiser only. Without a thread to be had the team stays smaller.
  func startWorker(niceness: Int32) {
    // The box is retained here and released by the thread that takes it over, or below where none could be started.
    let start = Unmanaged.passRetained(WorkerStart(team: self, niceness: niceness))
    var thread = pthread_t()
    if pthread_create(&thread, nil, computeWorkerMain, start.toOpaque()) == 0 {
      pthread_detach(thread)
      workers += 1
    } else {
      start.release()
    }
  }

  func stop() {
    pthread_mutex_lock(mutex)
    stopping = true
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }

  /// Runs all blocks on the team and the caller.
  ///
  /// Returns false, having done nothing, where the team is taken.
  func run(_ region: ComputeRegion, _ body: @Sendable (Range<Int>) -> Void) -> Bool {
    guard busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else { return false }
    defer { busy.store(false, ordering: .releasing) }
    withoutActuallyEscaping(body) { escapable in
      withUnsafePointer(to: Job(region: region, body: escapable)) { job in
        pthread_mutex_lock(mutex)
        next.store(0, ordering: .relaxed)
        current = job
        generation += 1
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(mutex)
        takeBlocks(job)
        pthread_mutex_lock(mutex)
        current = nil
        while active > 0 { pthread_cond_wait(done, mutex) }
        pthread_mutex_unlock(mutex)
      }
    }
    return true
  }

  /// A thread's life: sleep until there is a region, help with it, sleep again.
  fileprivate func work() {
    var seen = 0
    pthread_mutex_lock(mutex)
    while true {
      while !stopping && (current == nil || generation == seen) { pthread_cond_wait(wake, mutex) }
      if stopping { break }
      guard let job = current else { continue }
      seen = generation
      active += 1
      pthread_mutex_unlock(mutex)
      takeBlocks(job)
      pthread_mutex_lock(mutex)
      active -= 1
      if active == 0 { pthread_cond_signal(done) }
    }
    pthread_mutex_unlock(mutex)
  }

  /// Not inlined: a reference to the body that the thread may take is gone when this returns, before the caller goes on.
  @inline(never)
  private func takeBlocks(_ job: UnsafePointer<Job>) {
    let region = job.pointee.region
    while true {
      let block = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if block >= region.blocks { return }
      job.pointee.body(region.range(ofBlock: block))
    }
  }
}

/// What a new thread needs to know.
private final class WorkerStart: Sendable {
  let team: ComputeTeam
  let niceness: Int32

  init(team: ComputeTeam, niceness: Int32) {
    self.team = team
    self.niceness = niceness
  }
}

private func computeWorkerMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let start = Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
  ComputeThread.setName("winnow-compute")
  if start.niceness != 0 { ComputeThread.setNiceness(start.niceness) }
  winnow_use_one_openmp_thread()
  start.team.work()
  return nil
}
