/// What a route does with a request's body.
public enum BodyPolicy: Sendable, Hashable {
  /// The route takes no body: whatever comes is dropped, up to the server's drain cap.
  case none
  /// The handler starts once the whole body is in memory; more than `limit` bytes are answered with 413.
  case collected(limit: Int)
  /// The handler starts at once and reads the body as it arrives; more than `limit` bytes end the stream with
  /// ``BodyError/tooLarge(limit:)`` and are answered with 413.
  case streamed(limit: Int)
}
