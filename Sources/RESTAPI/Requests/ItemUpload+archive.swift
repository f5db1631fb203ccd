import Domain
import Formats
import HTTPCore
import Labeling

extension ItemUpload {
  /// Bytes that are held before they are written to the scratch file together.
  private static let writeBytes = 1 << 20

  /// A zip file: each picture's key is its path in it.
  func archive(_ report: inout ImportReport) async throws {
    let labels = call.head.query["label_from"]
    guard labels == nil || labels == "folder" else {
      throw LabelingError.invalid("/label_from", "Labels can be taken from the folder: say folder, or leave it out.")
    }
    let file = try await received()
    var batch = RowBatch()
    do {
      let rows = try await call.service.onIntakeThread { try ArchiveRows(file, labelFromFolder: labels != nil) }
      while true {
        let go = try await call.service.onIntakeThread { rows.next() }
        for row in go.rows { batch.append(row, bytes: 0) }
        try await add(&batch, &report)
        if let failure = go.failure { throw failure }
        if go.isLast { return }
      }
    } catch let error as ArchiveError {
      throw ProblemDocument(
        status: .badRequest,
        detail: "The zip file cannot be read: \(error). \(report.created) items before that were taken.")
    }
  }

  /// The body in a file that ends with the request, whole or cut off.
  private func received() async throws -> ScratchFile {
    let service = call.service
    let file = try await service.onIntakeThread { try service.scratchFile() }
    var held: [UInt8] = []
    for try await chunk in call.body.chunks {
      held += chunk
      if held.count >= Self.writeBytes {
        let bytes = held
        held = []
        try await service.onIntakeThread { try file.append(bytes) }
      }
    }
    let rest = held
    try await service.onIntakeThread { try file.append(rest) }
    return file
  }
}
