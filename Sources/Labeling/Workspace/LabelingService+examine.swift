import Domain
import Foundation
import Storage

/// Something that an examination of a data folder found.
public struct Finding: Sendable {
  /// Whether it needs somebody's attention.
  public let isProblem: Bool
  /// What was found, on one line.
  public let text: String
}

extension LabelingService {
  /// Checks the database's integrity, and that every file that it refers to is there.
  ///
  /// - Complexity: O(size of the database + number of pictures).
  public func examine() throws -> [Finding] {
    var findings: [Finding] = []
    let damage = try store.read { try $0.integrityComplaints() }
    findings.append(
      damage.isEmpty
        ? Finding(isProblem: false, text: "database \(folder.database)")
        : Finding(isProblem: true, text: "database \(folder.database): \(damage.prefix(3).joined(separator: "; "))"))
    for overview in directory.all {
      let project = overview.project
      findings.append(
        Finding(
          isProblem: false,
          text: "project “\(project.name)”: \(overview.counts.items) items, \(overview.counts.labelled) labelled"))
      let missing = try store.read { try $0.imageHashes(of: project.id) }
        .filter { !FileManager.default.fileExists(atPath: blobs.path(of: $0)) }
      if !missing.isEmpty {
        findings.append(
          Finding(isProblem: true, text: "project “\(project.name)”: \(missing.count) pictures are missing from blobs/")
        )
      }
      if let round = try store.read({ try $0.newestRound(in: project.id, state: .serving) }),
        let artifact = round.artifact
      {
        let isThere = (try? models.load(artifact, round: round.number, project: project.id)) != nil
        findings.append(
          Finding(
            isProblem: !isThere,
            text:
              "project “\(project.name)”: the model of round \(round.number) \(isThere ? "can be read" : "cannot be read: ask for a round")"
          ))
      }
    }
    return findings
  }
}
