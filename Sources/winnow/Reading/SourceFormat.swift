import ArgumentParser
import Domain
import Formats
import Foundation
import Labeling

/// How a source of items is to be read.
struct SourceOptions: ParsableArguments {
  @Option(
    name: .long,
    help: "csv, tsv, jsonl, npy or images; without it the file's name tells (gzip is recognised by itself).")
  var format: String?

  @Option(name: .long, help: "The column with the text.")
  var textColumn: String?

  @Option(name: .long, help: "The column with labels that are known: items arrive labelled. For images: folder.")
  var labelColumn: String?

  @Option(
    name: .long,
    help:
      "What stands between the labels of an item that may have several (default: ;). In JSON Lines labels are lists.")
  var labelSeparator: String?

  @Option(name: .long, help: "The column with the key; without it, key or id.")
  var idColumn: String?

  @Option(
    name: .long,
    help: "A .npy file whose rows are the embeddings of the source's rows, in the same order: features of your own.")
  var embeddings: String?

  @Option(name: .long, help: "Columns to leave out of vectors, with commas between.")
  var ignoreColumns: String?

  @Option(name: .long, help: "Keep only rows whose column has this value, as column=value.")
  var `where`: String?

  @Flag(name: .long, help: "The first record is data; name the columns with --columns.")
  var noHeader = false

  @Option(name: .long, help: "The columns' names, with commas between.")
  var columns: String?

  @Flag(name: .long, help: "Quotation marks are ordinary characters.")
  var noQuotes = false

  @Option(name: .long, help: "Read no more than this many rows.")
  var limit: Int?

  func validate() throws {
    if let format, SourceFormat(rawValue: format) == nil {
      throw ValidationError(
        "“\(format)” is not a format: \(SourceFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    if labelSeparator?.isEmpty == true { throw ValidationError("--label-separator is not empty.") }
    if noHeader, columns == nil { throw ValidationError("--no-header needs --columns to name the columns.") }
    if let condition = self.where, !condition.contains("=") { throw ValidationError("--where is column=value.") }
    if let limit, limit < 1 { throw ValidationError("--limit is 1 or more.") }
  }
}

/// What a source of items is.
enum SourceFormat: String, CaseIterable {
  case csv, tsv, jsonl, npy, images

  /// What a path's name says, whether compressed or not.
  init?(path: String) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      self = .images
      return
    }
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    switch (name as NSString).pathExtension.lowercased() {
    case "csv": self = .csv
    case "tsv", "tab": self = .tsv
    case "jsonl", "ndjson": self = .jsonl
    case "npy": self = .npy
    default: return nil
    }
  }
}
