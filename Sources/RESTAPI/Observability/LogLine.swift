public import Domain
import Foundation
public import Logging

/// How lines of the log look.
public enum LogFormat: String, Sendable, CaseIterable {
  /// For people: time, level, message, then `name=value` pairs.
  case text
  /// For programs: one JSON object a line.
  case json
}

/// Writes each event as one line to standard error.
///
/// Nothing that is logged can end a line or move a terminal's cursor: control characters, line separators and marks that
/// turn the reading direction are escaped. Values are cut after 2,000 characters.
public struct LineLogHandler: LogHandler {
  /// What every line carries.
  public var metadata: Logger.Metadata = [:]
  /// What every line carries of the task that logs.
  public var metadataProvider: Logger.MetadataProvider?
  /// Below this nothing is written.
  public var logLevel: Logger.Level = .info

  private let format: LogFormat
  private let clock: @Sendable () -> Timestamp
  private let write: @Sendable (String) -> Void

  /// - Parameters:
  ///   - clock: the time; a parameter so that tests can replay it.
  ///   - write: takes a line with its end; one system call, so that lines of threads do not mix.
  public init(
    format: LogFormat, metadataProvider: Logger.MetadataProvider? = RequestScope.metadata,
    clock: @escaping @Sendable () -> Timestamp = { .now },
    write: @escaping @Sendable (String) -> Void = LineLogHandler.toStandardError
  ) {
    self.format = format
    self.metadataProvider = metadataProvider
    self.clock = clock
    self.write = write
  }

  /// Writes a line to standard error.
  public static let toStandardError: @Sendable (String) -> Void = { FileHandle.standardError.write(Data($0.utf8)) }

  /// A value that every line carries.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes an event.
  public func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
    if let own = event.metadata { all.merge(own) { $1 } }
    let pairs = all.sorted { Self.order($0.key, $1.key) }.map { ($0.key, String("\($0.value)".prefix(2000))) }
    write(line(at: "\(clock())", event.level.rawValue, String("\(event.message)".prefix(2000)), pairs) + "\n")
  }

  private func line(at time: String, _ level: String, _ message: String, _ pairs: [(String, String)]) -> String {
    switch format {
    case .text:
      ([time, level.padding(toLength: 7, withPad: " ", startingAt: 0), LogText.plain(message)]
        + pairs.map { "\(LogText.plain($0))=\(LogText.value($1))" }).joined(separator: " ")
    case .json:
      "{"
        + ([("time", time), ("level", level), ("message", message)] + pairs)
        .map { "\(LogText.quoted($0)):\(LogText.isNumber($0, $1) ? $1 : LogText.quoted($1))" }.joined(separator: ",")
        + "}"
    }
  }

  /// The request first, so that lines of one can be found with the eye.
  private static func order(_ left: String, _ right: String) -> Bool {
    let (first, second) = (left == "request", right == "request")
    return first == second ? left < right : first
  }
}
