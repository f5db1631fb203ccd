import Domain
import Features
import Foundation
import Storage

extension LabelingService {
  /// Files that one finding names at most; another examination names the next.
  private static let filesAtOnce = 10_000

  /// Looks for pictures that are missing or damaged, and for those that no item shows.
  func examinePictures() throws -> [Finding] {
    var (missing, damaged, known) = (0, 0, 0)
    try store.read { connection in
      try connection.forEachPicture { hash in
        known += 1
        guard let bytes = FileManager.default.contents(atPath: blobs.path(of: hash)) else { return missing += 1 }
        if Secret.hexadecimal(Secret.hash(Array(bytes))) != hash { damaged += 1 }
      }
    }
    let orphans = try orphanedPictures()
    var findings: [Finding] = []
    if known > 0, missing + damaged == 0 { findings.append(Finding("pictures", .sound, "\(known) pictures")) }
    if missing > 0 {
      findings.append(
        Finding("pictures", .problem, "\(missing) pictures are missing from blobs/; put them back from a backup"))
    }
    if damaged > 0 {
      findings.append(
        Finding("pictures", .problem, "\(damaged) pictures in blobs/ are damaged; put them back from a backup"))
    }
    if !orphans.isEmpty {
      findings.append(
        Finding(
          "orphans", .note,
          "\(orphans.count) pictures in blobs/ that no item shows, as an import that broke off leaves",
          remedy: .remove(orphans)))
    }
    return findings
  }

  private func orphanedPictures() throws -> [String] {
    var orphans: [String] = []
    for prefix in DurableFiles.names(in: folder.path + "/blobs") where prefix.utf8.count == 2 {
      for name in DurableFiles.names(in: folder.path + "/blobs/" + prefix) {
        guard orphans.count < Self.filesAtOnce else { return orphans }
        guard case .picture(let hash) = BackupName("blobs/\(prefix)/\(name)") else { continue }
        if try !store.read({ try $0.isReferenced(imageHash: hash) }) { orphans.append(blobs.path(of: hash)) }
      }
    }
    return orphans
  }

  /// Compares a project's feature matrix and featurizer with what the database says of them.
  func examineFeatures(of project: Project) throws -> [Finding] {
    guard let set = try store.read({ try $0.newestFeatureSet(of: project.id) }) else { return [] }
    let matrix = folder.features(project: "\(project.id)", version: set.version)
    let subject = "project “\(project.name)”"
    guard (try? features.featurizer(set.version, of: project.id)) != nil else {
      return [
        Finding(
          "features", .problem, "\(subject): its featurizer cannot be read; the next round fits another",
          remedy: .remove([folder.featurizer(project: "\(project.id)", version: set.version), matrix]))
      ]
    }
    var status = stat()
    guard stat(matrix, &status) == 0 else {
      return [Finding("features", .note, "\(subject): its features are computed by the next round")]
    }
    let expected = set.rows * set.dimension * MemoryLayout<Float>.stride
    guard Int(status.st_size) >= expected else {
      return [
        Finding(
          "features", .problem,
          "\(subject): its feature matrix has \(status.st_size) bytes where \(set.rows) rows of \(set.dimension) take \(expected)",
          remedy: .remove([matrix]))
      ]
    }
    return [Finding("features", .sound, "\(subject): features of \(set.rows) rows")]
  }

  /// Reads the model that serves.
  func examineModel(of project: Project) throws -> [Finding] {
    guard let round = try store.read({ try $0.newestRound(in: project.id, state: .serving) }),
      let artifact = round.artifact
    else { return [] }
    let subject = "project “\(project.name)”: the model of round \(round.number)"
    guard (try? models.load(artifact, round: round.number, project: project.id)) == nil else {
      return [Finding("models", .sound, "\(subject) can be read")]
    }
    return [
      Finding("models", .problem, "\(subject) cannot be read: ask for a round", remedy: .requestRound(project.id))
    ]
  }

  /// Looks for files that nothing refers to: half-written ones, and those of projects that are gone.
  func examineStrayFiles() throws -> [Finding] {
    var left: [String] = []
    for part in ["", "/blobs", "/features", "/models"] {
      left += DurableFiles.names(in: folder.path + part).filter(Self.isHalfWritten).map {
        "\(folder.path)\(part)/\($0)"
      }
    }
    for part in ["/blobs", "/models"] {
      for inner in DurableFiles.names(in: folder.path + part) {
        left += DurableFiles.names(in: "\(folder.path)\(part)/\(inner)").filter(Self.isHalfWritten)
          .map { "\(folder.path)\(part)/\(inner)/\($0)" }
      }
    }
    // Beside a server that writes they are in use.
    if folder.isExclusive { left += DurableFiles.names(in: folder.temporaries).map { "\(folder.temporaries)/\($0)" } }
    let stray = try strayFeatures()
    var findings: [Finding] = []
    if !left.isEmpty {
      findings.append(
        Finding(
          "leftovers", .note, "\(left.count) half-written files", remedy: .remove(Array(left.prefix(Self.filesAtOnce))))
      )
    }
    if !stray.isEmpty {
      findings.append(
        Finding("leftovers", .note, "\(stray.count) files of features that nothing refers to", remedy: .remove(stray)))
    }
    return findings
  }

  private static func isHalfWritten(_ name: String) -> Bool {
    name.hasSuffix(".tmp") || name.hasSuffix(".scratch") || name.hasPrefix(".probe-")
  }

  /// Matrices of versions that the database does not know; featurizers stay, since models refer to them.
  private func strayFeatures() throws -> [String] {
    let known = try store.read { try $0.featureSets() }.map { "\($0.project).v\($0.set.version).f32" }
    return DurableFiles.names(in: folder.path + "/features").filter { $0.hasSuffix(".f32") && !known.contains($0) }
      .map { "\(folder.path)/features/\($0)" }
  }
}
