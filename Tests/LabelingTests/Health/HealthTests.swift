import Dispatch
import Domain
import Foundation
import GRDB
import Storage
import Telemetry
import Testing

@testable import Labeling

@Suite struct HealthTests {
  private func failing(_ service: LabelingService, _ limits: HealthLimits = HealthLimits()) -> [String] {
    service.health(limits).filter { !$0.isWell }.map(\.name)
  }

  @Test func aNewFolderIsWell() throws {
    let test = try TestService()
    #expect(failing(test.service) == [])
  }

  @Test func aWriteThatHangsIsNoticedAndForgivenWhenItEnds() async throws {
    let test = try TestService()
    let service = test.service
    let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    async let stuck: Void = service.store.write { _ in
      entered.signal()
      gate.wait()
    }
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      DispatchQueue.global().async {
        entered.wait()
        continuation.resume()
      }
    }
    var limits = HealthLimits()
    limits.writerStall = .seconds(3600)
    #expect(failing(service, limits) == [], "a write that has just begun is no stall")
    limits.writerStall = .nanoseconds(1)
    #expect(failing(service, limits) == ["writer"])
    #expect(service.commits.statistics.busyFor != nil)
    gate.signal()
    try await stuck
    // A later write has its turn only once the hanging one has left the writer.
    try await service.store.write { _ in }
    try await service.store.write { _ in }
    #expect(service.commits.statistics.seconds.snapshot.counts.reduce(0, +) >= 2)
    limits.writerStall = .seconds(3600)
    #expect(failing(service, limits) == [])
  }

  @Test func aFullOrReadOnlyDiskIsNoticed() throws {
    let test = try TestService()
    var limits = HealthLimits()
    limits.space = { path in
      var space = FileSystemSpace(of: path)
      space?.free = 5 << 20
      return space
    }
    #expect(failing(test.service, limits) == ["disk"])
    #expect(test.service.health(limits).first { $0.name == "disk" }?.complaint?.contains("5 MiB") == true)
    limits.space = { path in
      var space = FileSystemSpace(of: path)
      space?.isReadOnly = true
      return space
    }
    #expect(failing(test.service, limits) == ["disk"])
    limits.space = { _ in nil }
    #expect(failing(test.service, limits) == ["disk"])
  }

  @Test func aSchemaOfAnotherVersionIsNoticed() throws {
    let test = try TestService()
    try DatabaseQueue(path: test.folder.database).write { try $0.execute(sql: "PRAGMA user_version = 1") }
    #expect(failing(test.service) == ["migrations"])
  }

  @Test func aDatabaseThatIsGoneIsNoticed() throws {
    let test = try TestService()
    test.store.close()
    #expect(failing(test.service) == ["database", "writer"])
  }

  @Test func aTrainerThatEndedIsNoticed() async throws {
    let test = try TestService()
    try test.service.start()
    #expect(failing(test.service) == [])
    await test.service.stop()
    #expect(failing(test.service) == ["trainer"])
  }

  @Test func whatWasDoneIsCounted() async throws {
    let test = try TestService()
    let service = test.service
    let project = try await test.project(settings: #"{"lease_seconds": 60, "evaluation_fraction": 0}"#)
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(6, to: project, by: ann)
    let held = try await test.next(project, ann, 3)
    _ = try await test.label(held[0], "a", by: ann)
    #expect(service.statistics.leasesExpired.value == 0)
    #expect(service.statistics.annotationCounts.map(\.count) == [1, 0, 0])
    test.clock.advance(seconds: 61)
    _ = try await test.next(project, bob, 1)
    #expect(service.statistics.leasesExpired.value == 2)
  }
}
