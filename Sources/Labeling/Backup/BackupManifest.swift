import Domain
import Foundation

/// What a backup holds, with what each file must sum up to; the last file of it.
///
/// Pictures are not listed: each is named by its own SHA-256, and which there must be is in the database.
struct BackupManifest: Codable, Sendable {
  /// A file other than a picture.
  struct File: Codable, Sendable {
    let name: String
    let bytes: Int
    let sha256: String
  }

  static let name = "manifest.json"
  static let database = "winnow.sqlite"
  /// The layout of a backup, not of its database.
  static let format = 1

  var format = Self.format
  let schema: Int
  let createdAt: String
  var files: [File] = []
  var pictures = 0
  var pictureBytes = 0
  /// Pictures that items show and that were missing or damaged in the folder already.
  var missingPictures: [String] = []

  private enum CodingKeys: String, CodingKey {
    case format, schema, files, pictures
    case createdAt = "created_at"
    case pictureBytes = "picture_bytes"
    case missingPictures = "missing_pictures"
  }

  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self)) + Array("\n".utf8)
  }
}

/// What kind of file a name in a backup stands for; anything else does not belong there.
enum BackupName: Equatable {
  case manifest, database
  case picture(hash: String)
  /// A feature matrix, a featurizer, or a model.
  case derived

  /// Reads a name; nothing that leads out of a folder passes.
  init?(_ name: String) {
    let hexadecimal = Set("0123456789abcdef")
    func isNumber(_ text: Substring) -> Bool { !text.isEmpty && text.allSatisfy { $0.isASCII && $0.isNumber } }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    switch (parts.first, parts.count) {
    case _ where name == BackupManifest.name: self = .manifest
    case _ where name == BackupManifest.database: self = .database
    case ("blobs", 3) where parts[1].count == 2 && parts[2].count == 62:
      let hash = String(parts[1] + parts[2])
      guard hash.allSatisfy(hexadecimal.contains) else { return nil }
      self = .picture(hash: hash)
    case ("features", 2):
      let words = parts[1].split(separator: ".", omittingEmptySubsequences: false)
      guard words.count == 3, isNumber(words[0]), words[1].first == "v", isNumber(words[1].dropFirst()),
        words[2] == "f32" || words[2] == "featurizer"
      else { return nil }
      self = .derived
    case ("models", 3):
      guard isNumber(parts[1]), parts[2].hasSuffix(".safetensors"), isNumber(parts[2].dropLast(12)) else { return nil }
      self = .derived
    default: return nil
    }
  }
}
