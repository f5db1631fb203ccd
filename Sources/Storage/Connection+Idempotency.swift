public import Domain
import Foundation
import GRDB

/// An answer that was given to an unsafe request before.
public struct KeptAnswer: Sendable {
  /// The hash of the request that it answered.
  public let requestHash: [UInt8]
  /// Its status code.
  public let status: Int
  /// Its body.
  public let body: [UInt8]
}

extension Connection {
  /// The answer kept under a client's key, if it is younger than a day.
  public func keptAnswer(key: String, user: UserID, now: Timestamp) throws -> KeptAnswer? {
    try first(
      "SELECT request_hash, status, body FROM idempotent_answer WHERE user_id = ? AND request_key = ? AND created_at > ?",
      user.rawValue, key, now.adding(seconds: -86_400).milliseconds
    ) { KeptAnswer(requestHash: Array($0[0] as Data), status: $0[1], body: Array($0[2] as Data)) }
  }

  /// Forgets the oldest of the answers that are older than a day.
  ///
  /// - Returns: how many were forgotten: `limit` where more may be left.
  @discardableResult
  public func forgetAnswers(now: Timestamp, limit: Int) throws -> Int {
    try run(
      """
      DELETE FROM idempotent_answer WHERE (user_id, request_key) IN
        (SELECT user_id, request_key FROM idempotent_answer WHERE created_at <= ? ORDER BY created_at LIMIT ?)
      """, now.adding(seconds: -86_400).milliseconds, limit)
    return db.changesCount
  }

  /// Keeps an answer, and forgets a few of those older than a day.
  public func keepAnswer(_ answer: KeptAnswer, key: String, user: UserID, now: Timestamp) throws {
    try forgetAnswers(now: now, limit: 20)
    try run(
      "INSERT OR REPLACE INTO idempotent_answer(user_id, request_key, request_hash, status, body, created_at) VALUES (?, ?, ?, ?, ?, ?)",
      user.rawValue, key, Data(answer.requestHash), answer.status, Data(answer.body), now.milliseconds)
  }
}

extension KeptAnswer {
  /// Puts an answer together.
  public init(requestHash: [UInt8], answerStatus: Int, answerBody: [UInt8]) {
    self.init(requestHash: requestHash, status: answerStatus, body: answerBody)
  }
}
