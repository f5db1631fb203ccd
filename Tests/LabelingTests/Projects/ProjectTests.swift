import Domain
import Foundation
import Testing

@testable import Labeling
@testable import Storage

@Suite struct ProjectTests {
  @Test func aProjectNeedsNameModalityAndLabels() async throws {
    let test = try TestService()
    do {
      _ = try await test.service.createProject(
        ProjectDraft(settings: SettingsPatch(strategy: "psychic", overlap: 0)))
      Issue.record("a project of nothing was made")
    } catch LabelingError.invalid(let errors) {
      #expect(
        errors.map(\.pointer) == ["/name", "/modality", "/labels", "/settings/overlap", "/settings/strategy"])
    }
    _ = try await test.project("taken")
    do {
      _ = try await test.project("taken")
      Issue.record("two projects of one name")
    } catch LabelingError.conflict {}
    #expect(test.service.project(named: "taken") != nil)
  }

  @Test func labelsInUseStayAndOthersComeAndGo() async throws {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    try await test.pushTexts(2, to: project, by: ann)
    let receipt = try await test.say(.label, "k0", ["b"], in: project, by: ann)
    _ = try await test.service.undo(receipt.annotation, by: test.principal(ann))
    func set(_ names: [String]) async throws -> Project {
      try await test.service.changeProject(
        project, ProjectDraft(name: "renamed", labels: names.map { LabelDraft(name: $0) }), ifVersion: nil
      ).project
    }
    let before = try #require(test.service.overviewIfKnown(project)).project
    do {
      _ = try await set(["a", "c", "new"])
      Issue.record("a label in use was removed")
    } catch LabelingError.conflict(let why) {
      #expect(why.contains("“b”"))
    }
    // Nothing of the change was kept.
    #expect(try test.store.read { try $0.project(project)?.name } == "p")
    #expect(test.service.overviewIfKnown(project)?.project.labels == before.labels)
    let changed = try await set(["new", "b"])
    #expect(changed.labels.map(\.name) == ["new", "b"] && changed.version == before.version + 1)
    #expect(changed.label(named: "b")?.id == before.label(named: "b")?.id)
    try await test.say(.label, "k1", ["new"], in: project, by: ann)
  }

  @Test func aChangeMayBeBoundToAVersion() async throws {
    let test = try TestService()
    let project = try await test.project()
    let version = try #require(test.service.overviewIfKnown(project)).project.version
    let changed = try await test.service.changeProject(
      project, ProjectDraft(guidelines: "Read twice."), ifVersion: version)
    #expect(changed.project.version == version + 1 && changed.project.guidelines == "Read twice.")
    do {
      _ = try await test.service.changeProject(project, ProjectDraft(guidelines: "x"), ifVersion: version)
      Issue.record("an old version was changed")
    } catch LabelingError.preconditionFailed {}
    do {
      _ = try await test.service.changeProject(project, ProjectDraft(modality: .image), ifVersion: nil)
      Issue.record("the modality was changed")
    } catch LabelingError.invalid(let errors) {
      #expect(errors.map(\.pointer) == ["/modality"])
    }
  }

  @Test func deletingRemovesEverything() async throws {
    let test = try TestService()
    let project = try await test.project(modality: .vector, settings: "{\(TestService.quick)}")
    let other = try await test.project("other")
    let ann = try await test.user("ann")
    try await test.pushTexts(3, to: other, by: ann)
    try await test.pushVectors(40, to: project, by: ann)
    await test.runRounds()
    try await test.work(12, in: project, by: ann)
    await test.runRounds()
    _ = try await test.service.addMember(named: "bob", to: project)
    _ = try await test.next(project, ann, 3)
    func files() -> [String] {
      (FileManager.default.enumerator(atPath: test.path)?.allObjects as? [String] ?? []).filter {
        $0.hasPrefix("features/\(project).") || $0.hasPrefix("models/\(project)")
      }
    }
    #expect(files().count >= 4)
    try await test.service.deleteProject(project)
    #expect(files() == [])
    #expect(test.service.overviewIfKnown(project) == nil)
    await #expect(throws: LabelingError.self) { try await test.next(project, ann) }
    await #expect(throws: LabelingError.self) { try await test.service.deleteProject(project) }
    try await test.restart()
    #expect(test.service.project(named: "p") == nil)
    #expect(try test.store.read { try $0.integrityComplaints() } == [])
    #expect(try await test.next(other, ann, 3).count == 3)
  }

  @Test func membersSeeTheirProjectsOnly() async throws {
    let test = try TestService()
    let (first, second) = (try await test.project("first"), try await test.project("second"))
    let ann = try await test.service.addMember(named: "ann", to: first).user
    let annotator = test.principal(ann)
    #expect(try test.service.projects(visibleTo: annotator).map(\.project.id) == [first])
    #expect(throws: LabelingError.self) { try test.service.project(second, visibleTo: annotator) }
    #expect(try test.service.projects(visibleTo: test.principal(ann, .engineer)).count == 2)
    try await test.service.removeMember(ann.id, from: first)
    #expect(throws: LabelingError.self) { try test.service.project(first, visibleTo: annotator) }
  }
}
