import ArgumentParser
import Domain
import Foundation
import Labeling
import Storage

/// Reads items into a project's pool.
struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read CSV, TSV, JSON Lines (gzip too), a .npy array or a folder of images into a project.",
    discussion: """
      A key that the pool has already is a duplicate and changes nothing, so an import that broke off can be run again.
      A bad row never sinks the others: it is listed, and the rest is taken.
      """)

  @OptionGroup var data: DataOption

  @Option(name: .long, help: "The project's name.")
  var project: String

  @Argument(help: "The file or folder.")
  var file: String

  @Flag(name: .long, help: "Make the project where there is none.")
  var create = false

  @Option(name: .long, help: "text, image or vector, for a project that is made.")
  var modality: String?

  @Option(name: .long, help: "single_label (default) or multi_label, for a project that is made.")
  var task: String?

  @Option(name: .long, help: "The labels of a project that is made, with commas between.")
  var labels: String?

  @Option(name: .long, help: "Take the labels of a project that is made from this column; items arrive unlabelled.")
  var labelsFrom: String?

  @Option(name: .long, help: "New labels after which a round starts, for a project that is made.")
  var batchSize: Int?

  @Option(name: .long, help: "Share of what is served that measures the model, for a project that is made.")
  var evaluationFraction: Double?

  @OptionGroup var source: SourceOptions

  @Flag(name: .long, help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    if let modality, Modality(rawValue: modality) == nil {
      throw ValidationError("“\(modality)” is not a modality: text, image or vector.")
    }
    if let task, LabelingTask(rawValue: task) == nil {
      throw ValidationError("“\(task)” is not a task: single_label or multi_label.")
    }
  }

  func run() async throws {
    let workspace = try Workspace(path: data.data, exclusive: true)
    do {
      let report = try await Importing(workspace: workspace, project: project).run(
        file: file, options: source, modality: modality.flatMap(Modality.init(rawValue:)), labelsFrom: labelsFrom,
        making: create ? draft : nil)
      await workspace.close()
      conclude(report)
    } catch {
      await workspace.close()
      throw error
    }
  }

  private var draft: ProjectPlan {
    ProjectPlan(
      task: task.flatMap(LabelingTask.init(rawValue:)) ?? .singleLabel,
      labels: labels?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) },
      labelsFrom: labelsFrom ?? (labels == nil ? source.labelColumn : nil),
      settings: SettingsPatch(batchSize: batchSize, evaluationFraction: evaluationFraction))
  }

  private func conclude(_ report: ImportReport) {
    for (row, error) in report.rejected.prefix(20) { Terminal.complain("row \(row + 1) was not taken: \(error)") }
    if report.rejectedCount > 20 { Terminal.complain("… and \(report.rejectedCount - 20) more") }
    if json {
      let result: JSONValue = [
        "received": .integer(Int64(report.received)), "created": .integer(Int64(report.created)),
        "duplicates": .integer(Int64(report.duplicates)), "rejected": .integer(Int64(report.rejectedCount)),
      ]
      Terminal.say(result.text())
    } else {
      Terminal.say(
        "\(report.created) items created in “\(project)”; \(report.duplicates) duplicates, \(report.rejectedCount) rows not taken"
      )
    }
  }
}

/// What a project is made with, if there is none.
struct ProjectPlan {
  var task = LabelingTask.singleLabel
  var labels: [String]?
  var labelsFrom: String?
  var guidelines = ""
  var settings: SettingsPatch
}

/// Reads a source into a project.
struct Importing {
  let workspace: Workspace
  let project: String
  private static let batchSize = 1000

  func run(
    file: String, options: SourceOptions, modality: Modality?, labelsFrom: String? = nil, making plan: ProjectPlan?
  ) async throws -> ImportReport {
    let existing = workspace.service.project(named: project)
    if existing == nil, plan == nil {
      throw Failure("There is no project “\(project)”. Add --create (with --labels or --labels-from) to make it.")
    }
    let source = try ItemSource(
      path: file, options: options, modality: existing?.project.modality ?? modality,
      task: existing?.project.task ?? plan?.task ?? .singleLabel, labelsFrom: labelsFrom ?? plan?.labelsFrom)
    let overview: ProjectOverview
    if let existing {
      overview = existing
    } else {
      try await checkColumns(of: source)
      overview = try await make(plan, from: source)
    }
    let user = try await workspace.service.user(named: "import")
    var report = ImportReport()
    var batch: [(number: Int, row: Result<ItemRow, FieldError>)] = []
    var number = 0
    try await source.forEach { row, share in
      batch.append((number, row))
      number += 1
      guard batch.count >= Self.batchSize else { return }
      _ = try await workspace.service.addItems(batch, to: overview.project.id, by: user, into: &report)
      batch.removeAll(keepingCapacity: true)
      Terminal.progress("\(number) rows read, \(Int(share * 100)) %")
    }
    _ = try await workspace.service.addItems(batch, to: overview.project.id, by: user, into: &report)
    Terminal.endProgress()
    try await workspace.service.audit(
      "items.import", AuditSubject("project", "\(overview.project.id)", in: overview.project.id),
      after: [
        "received": .integer(Int64(report.received)), "created": .integer(Int64(report.created)),
        "duplicates": .integer(Int64(report.duplicates)),
      ])
    if report.created > 0 { try await workspace.service.poolDidGrow(overview.project.id) }
    return report
  }

  /// A misspelt column, or one that gives the answer away, is an error before a project is made, not one for each row after.
  private func checkColumns(of source: ItemSource) async throws {
    var first: Result<ItemRow, FieldError>?
    struct Enough: Error {}
    do {
      try await source.forEach { row, _ in
        first = row
        throw Enough()
      }
    } catch is Enough {}
    if case .failure(let error) = first,
      ["There is no column", "give the answer away"].contains(where: error.detail.contains)
    {
      throw Failure("\(source.path): \(error.detail)")
    }
    if first == nil { throw Failure("“\(source.path)” holds no items.") }
  }

  private func make(_ plan: ProjectPlan?, from source: ItemSource) async throws -> ProjectOverview {
    var names = plan?.labels
    if names == nil, let column = plan?.labelsFrom { names = try await source.values(of: column) }
    guard let names, !names.isEmpty else {
      throw Failure("A project needs labels: give --labels a,b,c or --labels-from COLUMN (for images: folder).")
    }
    do {
      return try await workspace.service.createProject(
        ProjectDraft(
          name: project, modality: source.modality, task: plan?.task, labels: names.map { LabelDraft(name: $0) },
          guidelines: plan?.guidelines ?? "", settings: plan?.settings
        ))
    } catch let error as LabelingError {
      throw Failure("The project cannot be made: \(error)")
    }
  }
}
