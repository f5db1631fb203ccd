import Foundation
import Testing

@testable import Formats

/// A real file with stray quotation marks, where the data folder stands beside the package.
struct SpamCollectionTests {
  static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("shared/data/sms-spam/SMSSpamCollection.tsv.gz").path

  @Test(.enabled(if: FileManager.default.fileExists(atPath: path), "the SMS data is not beside the package"))
  func readsEveryMessage() throws {
    var options = CSVOptions.tsv
    options.header = .names(["label", "text"])
    var reader = CSVReader(options: options)
    var rows: [CSVRow] = []
    var file = try FileChunks(path: Self.path)
    try file.forEach { rows += try reader.feed($0) }
    rows += try reader.finish()
    #expect(rows.count == 5_574 && rows.allSatisfy { $0.error == nil })
    #expect(rows.count { $0.record?["label"] == "spam" } == 747)
  }
}
