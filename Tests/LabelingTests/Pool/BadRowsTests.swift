import Domain
import Features
import Foundation
import Testing

@testable import Labeling
@testable import Storage

@Suite struct BadRowsTests {
  private static func row(_ fill: (inout ItemRow) -> Void) -> ItemRow {
    var row = ItemRow()
    fill(&row)
    return row
  }

  @Test func badTextRowsAreNamedAndSinkNobody() async throws {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    let rows: [(ItemRow, String?)] = [
      (Self.row { $0.text = "good" }, nil),
      (Self.row { $0.text = "" }, "/text"),
      (Self.row { $0.key = "k" }, "/text"),
      (
        Self.row {
          $0.text = "x"; $0.vector = [1]
        }, "/vector"
      ),
      (Self.row { $0.vector = [1] }, "/text"),
      (Self.row { $0.text = String(repeating: "x", count: (1 << 20) + 1) }, "/text"),
      (
        Self.row {
          $0.text = "a"; $0.key = ""
        }, "/key"
      ),
      (
        Self.row {
          $0.text = "a"; $0.key = "a\u{0}b"
        }, "/key"
      ),
      (
        Self.row {
          $0.text = "b"; $0.label = "unheard of"
        }, "/label"
      ),
      (
        Self.row {
          $0.text = "c"; $0.meta = [1, 2]
        }, "/meta"
      ),
      (
        Self.row {
          $0.text = "d"; $0.predictions = ["a": 1.5]
        }, "/predictions/a"
      ),
      (
        Self.row {
          $0.text = "e"; $0.predictions = ["z": 0.5]
        }, "/predictions/z"
      ),
      (
        Self.row {
          $0.text = "f"; $0.embedding = [1, .nan]
        }, "/embedding/1"
      ),
      (
        Self.row {
          $0.text = "g"; $0.embedding = [1, 2]
        }, "/embedding"
      ),
      (
        Self.row {
          $0.text = "labelled"; $0.label = "b"; $0.key = "known"; $0.meta = ["from": "import"]
        }, nil
      ),
    ]
    let report = try await test.push(rows.map(\.0), to: project, by: ann)
    #expect(report.received == rows.count && report.created == 2 && report.duplicates == 0)
    let rejected = Dictionary(uniqueKeysWithValues: report.rejected.map { ($0.row, $0.error.pointer) })
    for (number, row) in rows.enumerated() { #expect(rejected[number] == row.1, "row \(number)") }
    let known = try #require(try test.store.read { try $0.item(key: "known", in: project) })
    #expect(known.state == .labelled && known.meta == #"{"from":"import"}"# && !known.evaluation)
    #expect(try test.service.item(known.id, in: project).annotations.map(\.provenance.strategy) == ["import"])
    try await test.board(project) { try checkInvariants($0, $1, overlap: 1, "the import") }
  }

  @Test func vectorsAreFiniteAndOfOneLength() async throws {
    let test = try TestService()
    let project = try await test.project(modality: .vector)
    let ann = try await test.user("ann")
    let vectors: [[Float]] = [[1, 2, 3], [1, .nan, 3], [1, 2, .infinity], [1, 2], [], [1, 2, 3, 4], [4, 5, 6]]
    let report = try await test.push(vectors.map { vector in Self.row { $0.vector = vector } }, to: project, by: ann)
    #expect(report.created == 2)
    let rejected = report.rejected.sorted { $0.row < $1.row }
    #expect(rejected.map(\.row) == [1, 2, 3, 4, 5])
    #expect(rejected.map(\.error.pointer) == ["/vector/1", "/vector/2", "/vector", "/vector", "/vector"])
    #expect(rejected[2].error.detail.contains("2 numbers") && rejected[2].error.detail.contains("have 3"))
  }

  @Test func embeddingsAreGivenWithEveryItemOrNone() async throws {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    let rows = [
      Self.row {
        $0.text = "a"; $0.embedding = [1, 2]
      }, Self.row { $0.text = "b" },
      Self.row {
        $0.text = "c"; $0.embedding = [1]
      },
      Self.row {
        $0.text = "d"; $0.embedding = [3, 4]
      },
    ]
    let report = try await test.push(rows, to: project, by: ann)
    #expect(report.created == 2 && report.rejected.map(\.row).sorted() == [1, 2])
    #expect(report.rejected.allSatisfy { $0.error.pointer == "/embedding" })
  }

  @Test func theSameKeyOrContentIsTakenOnce() async throws {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    let rows = [
      Self.row {
        $0.key = "x"; $0.text = "one"
      },
      Self.row {
        $0.key = "x"; $0.text = "two"
      },
      Self.row { $0.text = "three" }, Self.row { $0.text = "three" },
    ]
    let first = try await test.push(rows, to: project, by: ann)
    #expect(first.created == 2 && first.duplicates == 2 && first.rejectedCount == 0)
    let second = try await test.push(rows, to: project, by: ann)
    #expect(second.created == 0 && second.duplicates == 4)
    #expect(try test.store.read { try $0.item(key: "x", in: project) }.map(\.row) == 0)
    #expect(test.service.overviewIfKnown(project)?.counts.items == 2)
  }

  @Test func picturesMustBeReadableToTheirEnd() async throws {
    let test = try TestService()
    let project = try await test.project(modality: .image)
    let ann = try await test.user("ann")
    let pixels = (0..<(16 * 16)).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let png = try ImageCodec.encodePNG(DecodedImage(width: 16, height: 16, channels: 1, pixels: pixels))
    let rows = [
      Self.row { $0.imageBytes = png },
      Self.row { $0.image = "data:image/png;base64," + Data(png).base64EncodedString() },
      Self.row { $0.imageBytes = Array(png.prefix(png.count / 2)) },
      Self.row { $0.imageBytes = Array("no picture".utf8) },
      Self.row { $0.image = "%%%" }, Self.row { $0.image = "" }, Self.row { $0.text = "a text" },
    ]
    let report = try await test.push(rows, to: project, by: ann)
    #expect(report.created == 1 && report.duplicates == 1)
    #expect(report.rejected.map(\.row) == [2, 3, 4, 5, 6])
    #expect(report.rejected.allSatisfy { $0.error.pointer == "/image" })
    let item = try #require(try await test.next(project, ann).first)
    let image = try test.service.image(of: item.item.id, in: project)
    #expect(FileManager.default.contents(atPath: image.path) == Data(png) && image.mediaType == "image/png")
    // Nothing of those that were refused is on disk.
    let blobs = FileManager.default.enumerator(atPath: test.path + "/blobs")?.allObjects.count
    #expect(blobs == 2)
    try await test.service.deleteItem(item.item.id, in: project)
    #expect(!FileManager.default.fileExists(atPath: image.path))
  }
}
