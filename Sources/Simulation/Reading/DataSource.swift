import Foundation

/// Where a labelled data set lies and how it is to be read.
public struct DataSource: Sendable {
  /// The formats that are read; text files and IDX files may be compressed by gzip.
  public enum Format: String, Sendable, CaseIterable {
    /// Delimited text.
    case csv, tsv
    /// One JSON object a line.
    case jsonl
    /// A folder of images by class.
    case images
    /// A zip file of images by class.
    case zip
    /// `images,labels`: a pair of IDX files, as MNIST's.
    case idx
    /// NumPy's archive with `X` `(n, …)` and `y` `(n)`.
    case npz
  }

  /// What the items are.
  public enum Modality: String, Sendable, CaseIterable, Codable {
    /// Texts.
    case text
    /// Images.
    case image
    /// Rows of numbers.
    case vector
  }

  /// A file, a folder, or two files with a comma between.
  public var path: String
  /// The format; nil: what the path tells.
  public var format: Format?
  /// What the items are; nil: images where the format holds nothing else, vectors in NPZ, otherwise texts.
  public var modality: Modality?
  /// The column with the text, or several with commas between, which are joined by a space.
  public var textColumn: String
  /// The column with the label.
  public var labelColumn: String
  /// The column that names the item and is no feature.
  public var idColumn: String?
  /// Columns that are no features.
  public var ignoredColumns: Set<String>
  /// The names of the columns where the first record is data.
  public var columns: [String]?
  /// Whether quotation marks quote; nil: in CSV yes, in TSV no.
  public var quoting: Bool?
  /// Keeps only rows whose column has this value.
  public var filter: (column: String, value: String)?

  /// Describes a source.
  public init(
    path: String, format: Format? = nil, modality: Modality? = nil, textColumn: String = "text",
    labelColumn: String = "label", idColumn: String? = nil, ignoredColumns: Set<String> = [], columns: [String]? = nil,
    quoting: Bool? = nil, filter: (column: String, value: String)? = nil
  ) {
    self.path = path
    self.format = format
    self.modality = modality
    self.textColumn = textColumn
    self.labelColumn = labelColumn
    self.idColumn = idColumn
    self.ignoredColumns = ignoredColumns
    self.columns = columns
    self.quoting = quoting
    self.filter = filter
  }

  /// Reads the whole set.
  ///
  /// - Throws: ``SimulationError/data(path:reason:)`` with what is wrong and where.
  public func read() throws -> LabelledItems {
    let items: LabelledItems
    do {
      items = try read(try resolvedFormat())
    } catch let error as SimulationError {
      throw error
    } catch {
      throw problem("\(error)")
    }
    if items.count == 0 {
      throw problem((["it holds no labelled item."] + items.notes).joined(separator: " "))
    }
    return items
  }

  func problem(_ reason: String) -> SimulationError { .data(path: path, reason: reason) }

  private func read(_ format: Format) throws -> LabelledItems {
    switch format {
    case .csv, .tsv: try readTable(format)
    case .jsonl: try readJSONLines()
    case .images: try readImageFolder()
    case .zip: try readImageArchive()
    case .idx: try readIDX()
    case .npz: try readNPZ()
    }
  }

  private func resolvedFormat() throws -> Format {
    if let format { return format }
    if path.contains(","), !FileManager.default.fileExists(atPath: path) { return .idx }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw problem("there is no such file or folder.")
    }
    if isFolder.boolValue { return .images }
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    switch (name as NSString).pathExtension.lowercased() {
    case "csv": return .csv
    case "tsv", "tab": return .tsv
    case "jsonl", "ndjson": return .jsonl
    case "npz": return .npz
    case "zip": return .zip
    default:
      let known = Format.allCases.map(\.rawValue).joined(separator: ", ")
      throw problem("its name does not tell its format; say --format, one of \(known).")
    }
  }
}
