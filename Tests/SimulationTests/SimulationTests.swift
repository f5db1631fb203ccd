import Foundation
import Simulation
import Synchronization
import Tensors
import Testing

@Suite struct SimulationTests {
  private func run(
    _ parameters: SimulationParameters = Sets.parameters, in folder: TemporaryFolder, threads: Int = 2,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> SimulationResult {
    try Simulation(data: Sets.clouds(), parameters: parameters).run(
      directory: folder.path, threads: threads, isCancelled: isCancelled)
  }

  @Test func curvesGrowFromTheStartToTheLastLabelInSteps() throws {
    let result = try run(in: TemporaryFolder())
    #expect(result.curves.map(\.strategy) == ["random", "random", "random", "margin", "margin", "margin"])
    for curve in result.curves {
      #expect(curve.rows.map(\.labels) == [6, 11, 16, 21, 26])
      #expect(curve.rows.allSatisfy { (0...1).contains($0.accuracy) && $0.nll > 0 && $0.seconds >= 0 })
    }
    #expect(result.ceilings.count == 3 && result.ceilings.allSatisfy { $0 > 0.8 })
    #expect(result.poolCount == 168 && result.classes == 3)
  }

  @Test func theSameSeedsGiveTheSameCurvesOnAnyNumberOfThreads() throws {
    let one = try run(in: TemporaryFolder(), threads: 1)
    let two = try run(in: TemporaryFolder(), threads: 2)
    #expect(timeless(one.curves) == timeless(two.curves))
    #expect(one.ceilings == two.ceilings)
  }

  @Test func strategiesOfASeedShareTheirStartUnlessTheyChooseIt() throws {
    var parameters = Sets.parameters
    parameters.strategies = ["random", "margin", "entropy", "typiclust", "auto"]
    let first = try run(parameters, in: TemporaryFolder()).curves.filter { $0.seed == 1 }.map { $0.rows[0].nll }
    #expect(first[0] == first[1] && first[1] == first[2])
    #expect(first[3] != first[0] && first[4] != first[0])
  }

  @Test func aFinishedRunIsNotDoneAgain() throws {
    let folder = try TemporaryFolder()
    let first = try run(in: folder)
    // Seconds tell the runs apart: what is read from the journal has the old ones.
    #expect(try run(in: folder) == first)
  }

  @Test func moreSeedsAndStrategiesKeepWhatIsDone() throws {
    let folder = try TemporaryFolder()
    let first = try run(in: folder)
    var more = Sets.parameters
    more.strategies = ["entropy", "margin"]
    more.seeds = 4
    let second = try run(more, in: folder)
    #expect(second.curves.count == 8)
    #expect(second.curves[4..<7].elementsEqual(first.curves[3..<6]))
  }

  @Test(arguments: [1, 2, 3, 5])
  func aCutJournalIsTakenUpWhereItBroke(lines: Int) throws {
    let folder = try TemporaryFolder()
    let whole = try run(in: folder)
    let journal = try folder.text(of: "journal.jsonl").split(separator: "\n").map(String.init)
    #expect(journal.count == 9)
    try folder.write(
      journal.prefix(lines).joined(separator: "\n") + "\n" + journal[lines].prefix(40), to: "journal.jsonl")
    let resumed = try run(in: folder)
    #expect(timeless(resumed.curves) == timeless(whole.curves))
    #expect(try folder.text(of: "journal.jsonl").split(separator: "\n").count == 10)
    #expect(try run(in: folder) == resumed)
  }

  @Test func otherParametersOrDataDoNotTakeUpOldRuns() throws {
    let folder = try TemporaryFolder()
    let first = try run(in: folder)
    var other = Sets.parameters
    other.batch = 10
    #expect(try run(other, in: folder).curves[0].rows.map(\.labels) == [6, 16, 26])
    let data = try Simulation(data: Sets.clouds(seed: 6), parameters: Sets.parameters).run(directory: folder.path)
    #expect(timeless(data.curves) != timeless(first.curves))
  }

  @Test func aCancelledSimulationKeepsItsFinishedRunsAndGoesOn() throws {
    let folder = try TemporaryFolder()
    let asked = Atomic<Int>(0)
    let error = #expect(throws: SimulationError.self) {
      try Simulation(data: Sets.clouds(), parameters: Sets.parameters).run(
        directory: folder.path, threads: 1,
        isCancelled: { asked.wrappingAdd(1, ordering: .relaxed).oldValue > 4000 })
    }
    let kept = try folder.text(of: "journal.jsonl").split(separator: "\n").count
    #expect(error == .cancelled(done: kept, runs: 9) && (1..<9).contains(kept))
    #expect(timeless(try run(in: folder).curves) == timeless(try run(in: TemporaryFolder()).curves))
  }

  @Test func annotatorsSlipsHurtAndAreTheSameForASeed() throws {
    var noisy = Sets.parameters
    noisy.annotatorNoise = 0.4
    let clean = try run(in: TemporaryFolder()).curves.map { $0.rows.last?.nll ?? 0 }.reduce(0, +)
    let slips = try run(noisy, in: TemporaryFolder())
    #expect(slips.curves.map { $0.rows.last?.nll ?? 0 }.reduce(0, +) > clean)
    #expect(timeless(slips.curves) == timeless(try run(noisy, in: TemporaryFolder()).curves))
  }

  @Test func labelsBeyondThePoolEndWithThePool() throws {
    var parameters = Sets.parameters
    parameters.limit = 20
    parameters.labels = 500
    parameters.measuresCeiling = false
    let result = try run(parameters, in: TemporaryFolder())
    #expect(result.curves.allSatisfy { $0.rows.map(\.labels) == [6, 11, 14] } && result.ceilings.isEmpty)
  }

  @Test func aTestSetOfItsOwnIsMeasuredOn() throws {
    let folder = try TemporaryFolder()
    var test = Sets.clouds(30, seed: 9)
    test.classNames = ["b", "a", "c"]
    test.labels = test.labels.map { [1, 0, 2][$0] }
    let result = try Simulation(data: Sets.clouds(), test: test, parameters: Sets.parameters).run(
      directory: folder.path)
    #expect(result.poolCount == 240 && result.ceilings.allSatisfy { $0 > 0.8 })
  }

  @Test func whatDoesNotFitIsRefusedBeforeAnythingRuns() throws {
    func refused(_ change: (inout SimulationParameters) -> Void) -> String {
      var parameters = Sets.parameters
      change(&parameters)
      do {
        _ = try Simulation(data: Sets.clouds(), parameters: parameters)
        return "nothing"
      } catch { return "\(error)" }
    }
    #expect(refused { $0.strategies = ["nonsense"] }.contains("no strategy named \"nonsense\""))
    #expect(refused { $0.strategies = [] }.contains("name at least one"))
    #expect(refused { $0.strategies = ["margin", "margin"] }.contains("twice"))
    #expect(refused { $0.batch = 0 }.contains("batch"))
    #expect(refused { $0.start = 0 }.contains("start"))
    #expect(refused { $0.start = 30 }.contains("26 labels end before the start of 30"))
    #expect(refused { $0.seeds = 0 }.contains("seeds"))
    #expect(refused { $0.holdout = .nan }.contains("holdout"))
    #expect(refused { $0.holdout = 240 }.contains("would leave no pool"))
    #expect(refused { $0.annotatorNoise = 1.5 }.contains("annotator-noise"))
    #expect(refused { $0.limit = 7 }.contains("more than the pool's 5 items"))
    var single = Sets.clouds()
    single.labels = single.labels.map { _ in 2 }
    #expect(throws: SimulationError.self) { try Simulation(data: single, parameters: Sets.parameters) }
  }

  @Test func aFolderThatCannotBeMadeIsSaid() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("", to: "file")
    let error = #expect(throws: SimulationError.self) {
      try Simulation(data: Sets.clouds(), parameters: Sets.parameters).run(directory: file)
    }
    #expect(error?.description.contains("can't be made") == true)
  }
}
