import Domain
import Formats

/// The caller's features of a source's rows, read beside them.
struct EmbeddingRows: ~Copyable {
  private var rows: NPYRows?
  private let count: Int
  private let path: String

  /// Opens a `.npy` file; without one every row goes without.
  init(path: String?) throws {
    self.path = path ?? ""
    guard let path else {
      rows = nil
      count = 0
      return
    }
    let rows = try NPYRows(path: path)
    count = rows.count
    self.rows = consume rows
  }

  /// The features of the source's next row.
  mutating func next() throws -> [Float]? {
    guard !path.isEmpty else { return nil }
    guard let row = try rows?.next() else {
      throw Failure("“\(path)” has \(count) rows, and the source has more: which row is whose is not known.")
    }
    return row
  }

  /// Says where rows were left over, which tells that some had been given to the wrong items.
  mutating func expectEnd() throws {
    if try rows?.next() != nil {
      throw Failure("“\(path)” has \(count) rows, and the source has fewer: check which row is whose.")
    }
  }
}

extension ItemRow {
  /// The row with the caller's features.
  func with(embedding: [Float]?) -> ItemRow {
    var row = self
    row.embedding = embedding
    return row
  }
}
