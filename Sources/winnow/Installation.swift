import Foundation

/// Where the files that belong to the program are: the browser's pages, the schema, the examples.
struct Installation {
  /// The folder that holds `Public`, `Migrations` and `Examples`.
  let root: String

  /// Finds it: `WINNOW_ROOT`, else the nearest folder above the program that has them, else `share/winnow` beside it.
  ///
  /// - Throws: where there is none.
  init() throws {
    if let chosen = ProcessInfo.processInfo.environment["WINNOW_ROOT"] {
      root = chosen
    } else if let found = Self.search() {
      root = found
    } else {
      throw Failure(
        "The folders Public and Migrations were not found beside the program. Set WINNOW_ROOT to the folder that holds them."
      )
    }
    guard FileManager.default.fileExists(atPath: migrations) else {
      throw Failure("WINNOW_ROOT is “\(root)”, but there is no folder Migrations in it.")
    }
  }

  private static func search() -> String? {
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
    for _ in 0..<6 {
      for candidate in [folder, folder.appendingPathComponent("share/winnow")] {
        let present = ["Public", "Migrations"].allSatisfy {
          FileManager.default.fileExists(atPath: candidate.appendingPathComponent($0).path)
        }
        if present { return candidate.path }
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  var migrations: String { root + "/Migrations" }
  var pages: String { root + "/Public" }
  var examples: String { root + "/Examples" }
}

/// An error with a sentence for a person.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
