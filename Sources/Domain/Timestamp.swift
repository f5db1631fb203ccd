import Foundation

/// A moment in UTC, to the millisecond: what the database stores and the contract shows as RFC 3339.
public struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public let milliseconds: Int64

  /// Wraps milliseconds since 1970.
  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// The wall clock now.
  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// The moment `seconds` later; the last one there is where that is out of all bounds.
  public func adding(seconds: Int) -> Timestamp {
    let (length, isTooLong) = Int64(seconds).multipliedReportingOverflow(by: 1000)
    let (sum, isTooLate) = milliseconds.addingReportingOverflow(length)
    return Timestamp(milliseconds: isTooLong || isTooLate ? (seconds < 0 ? .min : .max) : sum)
  }

  /// Orders by time.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

  /// RFC 3339 in UTC with milliseconds, such as `2026-03-01T09:30:00.125Z`.
  public var description: String {
    var text: [UInt8] = []
    text.reserveCapacity(24)
    text.append(moment: self)
    return String(decoding: text, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Appends a moment as RFC 3339 in UTC with milliseconds.
  ///
  /// Written out because it stands in every answer, and a date formatter costs more than the rest of the answer.
  public mutating func append(moment: Timestamp) {
    let milliseconds = moment.milliseconds
    let days = Int((Double(milliseconds) / 86_400_000).rounded(.down))
    let inDay = Int(milliseconds - Int64(days) * 86_400_000)
    // Days to a civil date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    append(year, digits: 4)
    append(UInt8(ascii: "-"))
    append(month, digits: 2)
    append(UInt8(ascii: "-"))
    append(day, digits: 2)
    append(UInt8(ascii: "T"))
    append(inDay / 3_600_000, digits: 2)
    append(UInt8(ascii: ":"))
    append(inDay / 60_000 % 60, digits: 2)
    append(UInt8(ascii: ":"))
    append(inDay / 1000 % 60, digits: 2)
    append(UInt8(ascii: "."))
    append(inDay % 1000, digits: 3)
    append(UInt8(ascii: "Z"))
  }

  private mutating func append(_ value: Int, digits: Int) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      append(48 + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
