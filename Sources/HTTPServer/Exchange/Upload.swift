import HTTPCore

/// A body on its way from the connection to its reader, kept under the exchange's lock.
struct Upload {
  typealias Outcome = Result<[UInt8]?, BodyError>

  private var bytes: [UInt8] = []
  private var reader: CheckedContinuation<Outcome, Never>?
  /// How the body ends, once it has: with `nil`, or with an error.
  private var ending: Outcome?

  /// Bytes that wait for the reader.
  var count: Int { bytes.count }

  /// Hands bytes to the reader that waits, or keeps them.
  mutating func append(_ more: UnsafeRawBufferPointer) {
    guard ending == nil else { return }
    if let reader {
      self.reader = nil
      reader.resume(returning: .success(Array(more)))
    } else {
      bytes.append(contentsOf: more)
    }
  }

  /// Ends the body; the first ending stays, and an error discards what was not read.
  mutating func end(_ outcome: Outcome) {
    guard ending == nil else { return }
    ending = outcome
    if case .failure = outcome { bytes = [] }
    reader?.resume(returning: outcome)
    reader = nil
  }

  /// Takes everything there is; `nil` where the reader has to wait.
  mutating func take() -> Outcome? {
    guard !bytes.isEmpty else { return ending }
    defer { bytes = [] }
    return .success(bytes)
  }

  /// Keeps the reader until there are bytes.
  mutating func wait(_ reader: CheckedContinuation<Outcome, Never>) {
    precondition(self.reader == nil, "A body has one reader at a time")
    self.reader = reader
  }
}

extension Exchange: BodySource {
  /// Waits for bytes of the body, and wakes the connection if it was held back.
  func next() async throws(BodyError) -> [UInt8]? {
    if let outcome = state.withLock({ takeUpload(&$0) }) { return try outcome.get() }
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        state.withLock { state in
          if let outcome = takeUpload(&state) {
            continuation.resume(returning: outcome)
          } else {
            state.upload.wait(continuation)
          }
        }
      }
    } onCancel: {
      state.withLock { $0.upload.end(.failure(.deadline)) }
    }
    return try outcome.get()
  }

  private func takeUpload(_ state: inout State) -> Upload.Outcome? {
    let outcome = state.upload.take()
    if outcome != nil && !state.isReceived { resume(&state) }
    return outcome
  }
}
