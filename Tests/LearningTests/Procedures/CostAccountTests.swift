import Foundation
import Learning
import Tensors
import Testing

@Suite struct CostAccountTests {
  @Test("A phase is entered with its operations, parameters and memory")
  func phases() throws {
    let set = Fixtures.blobs(rows: 60, inputs: 8, classes: 3, seed: 1)
    var account = CostAccount()
    let configuration = TrainingConfiguration(architecture: .perceptron(hidden: [16], dropout: 0.5), epochs: 5)
    let model = try account.measure("train", figures: { ($0.trainingFLOPs, $0.parameterCount) }) {
      () throws(LearningError) in try train(set, configuration)
    }
    let phase = try #require(account.phases.first)
    #expect(account.phases.count == 1 && phase.name == "train")
    #expect(phase.operations == model.trainingFLOPs && phase.parameters == 8 * 16 + 16 + 16 * 3 + 3)
    #expect(phase.seconds > 0 && phase.processorSeconds >= 0)
    let data = try JSONEncoder().encode(account)
    #expect(try JSONDecoder().decode(CostAccount.self, from: data) == account)
  }

  @Test("A phase that fails is not entered")
  func failure() {
    var account = CostAccount()
    #expect(throws: LearningError.cancelled) {
      try account.measure("score") { () throws(LearningError) in throw .cancelled }
    }
    #expect(account.phases.isEmpty && account.seconds == 0 && account.peakMemory == nil)
  }

  @Test(
    "The peak of memory sees what a phase held for a while",
    .enabled(if: ProcessResources.peakMemory != nil, "the system does not tell a process its peak of memory"))
  func peak() throws {
    var account = CostAccount()
    let bytes = 64 << 20
    account.measure("hold") {
      var matrix = Matrix(rows: bytes / 4096, columns: 1024, repeating: 1)
      matrix[0, 0] = 2
    }
    let peak = try #require(account.peakMemory)
    #expect(peak >= bytes)
  }

  @Test("Dropout passes cost what lies behind the first dropout")
  func prediction() throws {
    let set = Fixtures.blobs(rows: 30, inputs: 8, classes: 3, seed: 1)
    let model = try train(set, TrainingConfiguration(architecture: .perceptron(hidden: [16], dropout: 0.5), epochs: 1))
    #expect(model.predictionOperations(rows: 10) == 10 * (2 * 8 * 16 + 2 * 16 * 3))
    #expect(model.predictionOperations(rows: 10, passes: 20) == 10 * (2 * 8 * 16 + 20 * 2 * 16 * 3))
  }
}
