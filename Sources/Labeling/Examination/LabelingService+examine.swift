import Domain
import Foundation
import Storage

extension LabelingService {
  /// Checks a data folder: the database's integrity, every file that it refers to, and what it has worked out from labels.
  ///
  /// Changes nothing, and may run beside a server; what that one is just writing may then show as left over.
  ///
  /// - Complexity: O(size of the data folder) time; memory for one project's pool, as serving it takes.
  public func examine() throws -> [Finding] {
    var findings = try examineDatabase()
    findings += try examineLeases()
    findings += try examinePictures()
    for overview in directory.all {
      let project = overview.project
      findings.append(
        Finding(
          "project", .sound,
          "project “\(project.name)”: \(overview.counts.items) items, \(overview.counts.labelled) labelled"))
      findings += try examineFeatures(of: project)
      findings += try examineModel(of: project)
      findings += try examineStates(of: project)
    }
    findings += try examineStrayFiles()
    findings += examineRights()
    return findings
  }

  /// Mends what a finding says, without touching a label; the folder must be open for this process alone.
  ///
  /// - Returns: what was done; `nil` where nothing can be.
  public func mend(_ finding: Finding) async throws -> String? {
    guard folder.isExclusive, let remedy = finding.remedy else { return nil }
    switch remedy {
    case .remove(let paths):
      for path in paths where unlink(path) != 0 && errno != ENOENT { throw StorageError.system(errno, path: path) }
      return "removed \(paths.count) file\(paths.count == 1 ? "" : "s")"
    case .recomputeStates(let project):
      let count = try await onBoard(project) { board, connection in
        let rows = board.pool.ids.indices.filter {
          board.pool.contains($0) && board.derivedState(row: $0) != board.pool.state($0)
        }
        for row in rows { try board.refreshState(row: row, connection: connection) }
        return rows.count
      }
      return "worked out \(count) states anew"
    case .requestRound(let project):
      do { _ = try await requestRound(in: project) } catch LabelingError.conflict {
        return "a round is waiting already"
      }
      return "asked for a round; the server runs it"
    case .removeLeases:
      let count = try await store.write { try $0.deleteLeasesOfMissingItems() }
      return "removed \(count) leases"
    case .restrict(let path):
      guard chmod(path, 0o700) == 0 else { throw StorageError.system(errno, path: path) }
      return "only the owner may read it now"
    }
  }

  private func examineDatabase() throws -> [Finding] {
    let (damage, schema) = try store.read { (try $0.integrityComplaints(), try $0.schemaVersion()) }
    guard damage.isEmpty else {
      return [
        Finding(
          "database", .problem,
          "database \(folder.database): \(damage.prefix(3).joined(separator: "; ")); restore it from a backup")
      ]
    }
    var findings = [Finding("database", .sound, "database \(folder.database), schema \(schema)")]
    let gaps = try store.read { try $0.auditGaps() }
    if gaps > 0 { findings.append(Finding("audit", .problem, "\(gaps) entries are missing from the audit log")) }
    return findings
  }

  private func examineLeases() throws -> [Finding] {
    let count = try store.read { try $0.leasesOfMissingItems() }
    guard count > 0 else { return [] }
    return [Finding("leases", .problem, "\(count) leases of items that are gone", remedy: .removeLeases)]
  }

  private func examineRights() -> [Finding] {
    var status = stat()
    guard stat(folder.path, &status) == 0, status.st_mode & 0o077 != 0 else { return [] }
    let mode = String(status.st_mode & 0o777, radix: 8)
    return [
      Finding(
        "rights", .note, "\(folder.path) is open to others (\(mode)): texts, pictures and hashes of secrets are in it",
        remedy: .restrict(folder.path))
    ]
  }

  /// Compares the states on disk with those that follow from what stands.
  private func examineStates(of project: Project) throws -> [Finding] {
    let wrong = try store.read { connection in
      let board = try ServingBoard(project: project, connection: connection)
      return board.pool.ids.indices.count {
        board.pool.contains($0) && board.derivedState(row: $0) != board.pool.state($0)
      }
    }
    guard wrong > 0 else { return [] }
    return [
      Finding(
        "states", .problem,
        "project “\(project.name)”: \(wrong) items are in another state than follows from what was said about them",
        remedy: .recomputeStates(project.id))
    ]
  }
}
