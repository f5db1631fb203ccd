public import Domain
public import Storage

extension LabelingService {
  /// The answer that was given to an unsafe request under a client's key within the last day.
  public func keptAnswer(key: String, user: UserID) throws -> KeptAnswer? {
    try store.read { try $0.keptAnswer(key: key, user: user, now: clock()) }
  }

  /// Keeps an answer for clients that send their request again.
  public func keepAnswer(
    status: Int, body: [UInt8], requestHash: [UInt8], key: String, user: UserID
  ) async throws {
    let now = clock()
    try await store.write { connection in
      try connection.keepAnswer(
        KeptAnswer(requestHash: requestHash, answerStatus: status, answerBody: body), key: key, user: user, now: now)
    }
  }
}
