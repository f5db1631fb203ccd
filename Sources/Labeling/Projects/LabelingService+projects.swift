public import Domain
import Foundation
import Sampling
import Storage

extension LabelingService {
  /// The names that a project's `strategy` may have.
  public static var strategyNames: [String] { StrategyRegistry.all.map(\.name) }

  /// The names of the outlier filters that a project may choose.
  public static var outlierFilterNames: [String] { OutlierFilterRegistry.all.map(\.name) }

  /// What is wrong with a choice of strategy, its pointer below the choice; `nil` for nothing.
  public static func complaint(about choice: StrategyChoice) -> FieldError? {
    do {
      _ = try StrategyRegistry.make(name: choice.name, parameters: choice.parameters)
      return nil
    } catch SamplingError.unknownStrategy {
      return FieldError(
        choice.parameters.isEmpty ? "" : "/name",
        "“\(choice.name)” is not offered. Offered: \(strategyNames.joined(separator: ", ")). See /strategies.")
    } catch SamplingError.unknownParameter(_, let name, let known) {
      return FieldError(
        "/parameters/\(name)",
        known.isEmpty
          ? "\(choice.name) takes no parameters."
          : "\(choice.name) has no such parameter. It takes: \(known.joined(separator: ", ")).")
    } catch SamplingError.parameterOutOfRange(_, let name, let value, let minimum, let maximum) {
      return FieldError("/parameters/\(name)", "\(value) is out of range: \(minimum) to \(maximum) is allowed.")
    } catch {
      return FieldError("", "\(error)")
    }
  }

  /// The projects that somebody may see, oldest first.
  public func projects(visibleTo principal: Principal) throws -> [ProjectOverview] {
    try directory.all.filter { try mayLabel(principal, in: $0.project.id) }
  }

  /// A project that somebody may see.
  ///
  /// - Throws: ``LabelingError/notFound(_:)`` where there is none, or where it is not theirs to know.
  public func project(_ id: ProjectID, visibleTo principal: Principal) throws -> ProjectOverview {
    guard let overview = directory.overview(id), try mayLabel(principal, in: id) else {
      throw LabelingError.notFound("project \(id)")
    }
    return overview
  }

  /// The project of that name, for tools beside the server.
  public func project(named name: String) -> ProjectOverview? { directory.all.first { $0.project.name == name } }

  private func mayLabel(_ principal: Principal, in project: ProjectID) throws -> Bool {
    if principal.role >= .engineer { return true }
    return try directory.isMember(principal.user.id, of: project)
  }

  /// Makes a project.
  ///
  /// - Throws: ``LabelingError/invalid(_:)`` with every complaint, ``LabelingError/conflict(_:)`` where the name is taken.
  public func createProject(_ draft: ProjectDraft) async throws -> ProjectOverview {
    var complaints = draft.complaints()
    if draft.name == nil { complaints.append(FieldError("/name", "A project needs a name.")) }
    if draft.modality == nil {
      complaints.append(FieldError("/modality", "A project needs a modality: text, image or vector."))
    }
    if draft.labels == nil { complaints.append(FieldError("/labels", "A project needs at least one label.")) }
    var settings = ProjectSettings()
    do {
      settings =
        try draft.settings?.applied(
          to: settings, outlierFilters: Self.outlierFilterNames, strategyComplaint: Self.complaint) ?? settings
    } catch let error as ValidationError {
      complaints += error.errors
    }
    if let modality = draft.modality { complaints += settings.complaints(modality: modality) }
    guard complaints.isEmpty, let name = draft.name, let modality = draft.modality, let labels = draft.labels else {
      throw LabelingError.invalid(complaints)
    }
    let now = clock()
    let created = settings
    let project = try await store.write { connection in
      guard try connection.project(named: name) == nil else {
        throw LabelingError.conflict("A project named “\(name)” exists already.")
      }
      let id = try connection.insertProject(
        name: name, modality: modality, task: draft.task ?? .singleLabel, guidelines: draft.guidelines ?? "",
        settings: created, now: now)
      for (position, label) in labels.enumerated() { try connection.insertLabel(label, position: position, in: id) }
      guard let project = try connection.project(id) else { throw LabelingError.notFound("project \(id)") }
      try connection.audit(
        "project.create", AuditSubject("project", "\(id)", in: id), after: project.audited, at: now)
      return project
    }
    directory.publish(project)
    return try overview(of: project.id)
  }

  /// A project at a glance, without asking who wants to know.
  public func overviewIfKnown(_ id: ProjectID) -> ProjectOverview? { directory.overview(id) }

  func overview(of id: ProjectID) throws -> ProjectOverview {
    guard let overview = directory.overview(id) else { throw LabelingError.notFound("project \(id)") }
    return overview
  }

  /// Changes the members that a draft names.
  ///
  /// - Parameter version: the version that the caller saw, where they want to change only that.
  public func changeProject(_ id: ProjectID, _ draft: ProjectDraft, ifVersion version: Int64?) async throws
    -> ProjectOverview
  {
    let complaints = draft.complaints()
    guard complaints.isEmpty else { throw LabelingError.invalid(complaints) }
    let now = clock()
    let project = try await onBoard(id) { board, connection in
      var project = board.project
      if let version, version != project.version {
        throw LabelingError.preconditionFailed("The project has changed since you read it: read it again.")
      }
      if let modality = draft.modality, modality != project.modality {
        throw LabelingError.invalid("/modality", "A project's modality cannot change: make another project.")
      }
      if let task = draft.task, task != project.task {
        throw LabelingError.invalid("/task", "A project's task cannot change: make another project.")
      }
      if let name = draft.name, name != project.name {
        guard try connection.project(named: name) == nil else {
          throw LabelingError.conflict("A project named “\(name)” exists already.")
        }
        project.name = name
      }
      if let guidelines = draft.guidelines { project.guidelines = guidelines }
      do {
        project.settings =
          try draft.settings?.applied(
            to: project.settings, outlierFilters: Self.outlierFilterNames, strategyComplaint: Self.complaint)
          ?? project.settings
      } catch let error as ValidationError {
        throw LabelingError.invalid(error.errors)
      }
      let unfit = project.settings.complaints(modality: project.modality)
      guard unfit.isEmpty else { throw LabelingError.invalid(unfit) }
      if let labels = draft.labels { try connection.replaceLabels(of: project, with: labels) }
      try connection.updateProject(project)
      guard let changed = try connection.project(id) else { throw LabelingError.notFound("project \(id)") }
      try connection.audit(
        "project.change", AuditSubject("project", "\(id)", in: id), before: board.project.audited,
        after: changed.audited, at: now)
      let overlap = board.project.settings.overlap
      board.project = changed
      if overlap != changed.settings.overlap { try board.overlapDidChange(connection: connection) }
      return changed
    }
    directory.publish(project)
    return try overview(of: id)
  }

  /// Removes a project with its items, labels, rounds and files.
  public func deleteProject(_ id: ProjectID) async throws {
    guard directory.overview(id) != nil else { throw LabelingError.notFound("project \(id)") }
    scheduler.cancel(project: id, round: nil)
    let now = clock()
    let orphans = try await store.write { [self] connection in
      try connection.audit(
        "project.remove", AuditSubject("project", "\(id)", in: id), before: try connection.project(id)?.audited,
        at: now)
      let hashes = try connection.imageHashes(of: id)
      try connection.deleteProject(id)
      boards.forget(id)
      return try hashes.filter { try !connection.isReferenced(imageHash: $0) }
    }
    directory.forget(id)
    features.forget(id)
    models.forget(id)
    try await removeUnreferenced(orphans)
  }

  // MARK: Members

  /// The members of a project by name, with what they have done there.
  ///
  /// - Parameter others: whether people follow who have answered without being members: engineers, and former members.
  /// - Complexity: O(standing annotations of the project).
  public func members(of project: ProjectID, others: Bool = false) throws -> [Member] {
    try store.read { connection in
      let (activity, held) = (try connection.activity(in: project), try connection.heldLeases(in: project))
      let members = try connection.members(of: project).map(\.id)
      let strangers = others ? Set(activity.keys).union(held.keys).subtracting(members) : []
      func member(_ user: UserID, isMember: Bool) throws -> Member? {
        try connection.account(user).map {
          Member(
            account: $0, isMember: isMember, activity: activity[user] ?? Activity(), held: held[user] ?? 0)
        }
      }
      return try members.compactMap { try member($0, isMember: true) }
        + strangers.compactMap { try member($0, isMember: false) }.sorted {
          $0.account.user.name < $1.account.user.name
        }
    }
  }

  /// Makes somebody a member, by name.
  ///
  /// - Returns: who it is, and whether nobody had that name: then there is an account now, and no way yet to sign in to it.
  @discardableResult
  public func addMember(named name: String, to project: ProjectID) async throws -> (user: User, isNew: Bool) {
    let now = clock()
    let added = try await store.write { connection in
      let isNew = try connection.knownUser(named: name) == nil
      let user = try connection.user(named: name, now: now)
      if try connection.insertMember(user.id, of: project) {
        try connection.audit(
          "member.add", AuditSubject("user", "\(user.id)", in: project), after: ["name": .string(user.name)], at: now)
      }
      return (user: user, isNew: isNew)
    }
    directory.setMember(added.user.id, of: project, true)
    return added
  }

  /// Ends a membership; what the member held is offered to others.
  public func removeMember(_ user: UserID, from project: ProjectID) async throws {
    let now = clock()
    try await onBoard(project) { board, connection in
      guard try connection.deleteMember(user, of: project) else {
        throw LabelingError.notFound("member \(user) of project \(project)")
      }
      try connection.audit(
        "member.remove", AuditSubject("user", "\(user)", in: project),
        before: ["name": .optional(try connection.account(user)?.user.name)], at: now)
      for lease in (board.leasesOf[user] ?? []).sorted().compactMap({ board.leases[$0] }) {
        try connection.endLease(lease.id, .withdrawn)
        board.drop(lease, offerAgain: true)
      }
    }
    directory.setMember(user, of: project, false)
    identity.didChange()
  }
}

extension Connection {
  /// Adds, changes and removes labels so that a project has these, in this order.
  ///
  /// - Throws: ``LabelingError/conflict(_:)`` where a label would go that is in use.
  fileprivate func replaceLabels(of project: Project, with drafts: [LabelDraft]) throws {
    for label in project.labels where !drafts.contains(where: { $0.name == label.name }) {
      guard try uses(of: label.id) == 0 else {
        throw LabelingError.conflict("The label “\(label.name)” is in use and cannot be removed.")
      }
    }
    for label in project.labels where !drafts.contains(where: { $0.name == label.name }) {
      try deleteLabel(label.id)
    }
    for (position, draft) in drafts.enumerated() {
      if let known = project.label(named: draft.name) {
        try updateLabel(known.id, to: draft, position: position)
      } else {
        try insertLabel(draft, position: position, in: project.id)
      }
    }
  }
}
