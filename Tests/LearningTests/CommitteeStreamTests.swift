import Learning
import Synchronization
import Tensors
import Testing

@Suite struct CommitteeStreamTests {
  static let set = Fixtures.blobs(rows: 900, inputs: 12, classes: 4, seed: 8, spread: 2.5)

  static func model(_ architecture: Architecture, several: Bool = false) throws -> TrainedModel {
    var set = set
    if several {
      var labels = Matrix(rows: 900, columns: 4)
      for row in 0..<900 {
        for column in 0..<4 { labels[row, column] = row % 4 == column || row % 3 == column ? 1 : 0 }
      }
      set.targets = .labels(labels)
    }
    return try train(set, TrainingConfiguration(architecture: architecture, epochs: 3, minimumSteps: 0))
  }

  static let architectures: [Architecture] = [
    .linear, .perceptron(hidden: [24, 16], dropout: 0.4),
    .network(.init(hidden: [20], activation: .gelu, normalization: .layer, dropout: 0.3)),
    .network(.init(hidden: [20, 9], activation: .tanh, normalization: .batch, dropout: 0.3)),
    .convolutional(.init(height: 4, width: 3, filters: [6], kernel: 3, hidden: 8, convolutionDropout: 0.2)),
  ]

  @Test(
    "Blocks, lists of rows and the whole agree, with shared masks and with masks for each row",
    arguments: architectures, DropoutMasks.allCases)
  func blocks(architecture: Architecture, masks: DropoutMasks) throws {
    let model = try Self.model(architecture)
    let x = Self.set.features.view
    let whole = try model.committee(of: x, passes: 3, seed: 5, masks: masks, pool: ComputePool(threads: 2))
    #expect(whole.members == (architecture.hasDropout ? 3 : 1))
    if architecture.hasDropout { #expect(whole.values[..<3600] != whole.values[3600..<7200]) }
    let rows = Array(40..<300) + [7, 3, 899] + Array(500..<700)
    let seen = Mutex([Int](repeating: 0, count: rows.count))
    try model.forEachCommitteeBlock(
      of: x, rows: rows, passes: 3, seed: 5, masks: masks, blockRows: 90, pool: ComputePool(threads: 3)
    ) { positions, block in
      #expect(block.items == positions.count && block.members == whole.members)
      for (offset, position) in positions.enumerated() {
        seen.withLock { $0[position] += 1 }
        for member in 0..<whole.members {
          for c in 0..<4 {
            let a = block.values[(member * block.items + offset) * 4 + c]
            #expect(abs(a - whole.values[(member * 900 + rows[position]) * 4 + c]) < 1e-5)
          }
        }
      }
    }
    #expect(seen.withLock { $0 } == [Int](repeating: 1, count: rows.count))
  }

  @Test("Masks for each row differ between rows and drop the configured share")
  func perRow() throws {
    let model = try Self.model(.perceptron(hidden: [64], dropout: 0.3))
    // Equal rows under masks of their own get different predictions; under shared ones equal ones.
    let x = Matrix(rows: 200, columns: 12, repeating: 1)
    let own = try model.committee(of: x.view, passes: 2, seed: 1, masks: .perRow)
    let shared = try model.committee(of: x.view, passes: 2, seed: 1)
    #expect(Set(own.values).count > 700 && Set(shared.values).count <= 8)
    let mean = try model.committee(of: x.view, passes: 400, seed: 1, masks: .perRow).mean()
    let other = try model.committee(of: x.view.rowRange(0..<1), passes: 4000, seed: 2).mean()
    for c in 0..<4 {
      let average = mean.values.enumerated().filter { $0.offset % 4 == c }.reduce(0) { $0 + $1.element } / 200
      #expect(abs(average - other[0, c]) < 0.02)
    }
  }

  @Test("Statistics are those of the members' probabilities", arguments: [false, true], [0, 1, 2, 3, 4])
  func statistics(several: Bool, architecture: Int) throws {
    let model = try Self.model(Self.architectures[architecture], several: several)
    #expect(model.outputKind == (several ? .sigmoid : .softmax))
    let rows = (0..<333).map { ($0 * 7) % 900 }
    let found = try model.committeeStatistics(
      of: Self.set.features.view, rows: rows, passes: 6, seed: 2, pool: ComputePool(threads: 2))
    let committee = try model.committee(of: Self.set.features.view, passes: 6, seed: 2)
    #expect(found.members == committee.members)
    func entropy(_ p: [Float]) -> Float {
      let all = several ? p + p.map { 1 - $0 } : p
      return referenceEntropyRows(Matrix(rows: 1, columns: all.count, values: all).view)[0]
    }
    let mean = committee.mean()
    for (position, row) in rows.enumerated() {
      let members = (0..<committee.members).map { t in
        entropy((0..<4).map { committee.values[(t * 900 + row) * 4 + $0] })
      }
      #expect(abs(found.meanEntropy[position] - members.reduce(0, +) / Float(members.count)) < 1e-5)
      #expect(abs(found.entropyOfMean[position] - entropy(mean.row(row))) < 1e-5)
      for c in 0..<4 { #expect(abs(found.mean[position, c] - mean[row, c]) < 1e-5) }
    }
    #expect(found.mutualInformation.allSatisfy { $0 >= 0 })
  }

  @Test("A block's error and a cancellation end the scoring")
  func ends() throws {
    let model = try Self.model(.linear)
    let x = Self.set.features.view
    #expect(throws: LearningError.noLabels) {
      try model.forEachCommitteeBlock(of: x, passes: 1, seed: 0, blockRows: 100, pool: ComputePool(threads: 2)) {
        _, _ in
        throw LearningError.noLabels
      }
    }
    #expect(throws: LearningError.cancelled) {
      try model.committeeStatistics(of: x, passes: 1, seed: 0, isCancelled: { true })
    }
    #expect(throws: LearningError.widthMismatch(expected: 12, actual: 3)) {
      try model.committeeStatistics(of: Matrix(rows: 1, columns: 3).view, passes: 1, seed: 0)
    }
    #expect(try model.committeeStatistics(of: x, rows: [], passes: 1, seed: 0).meanEntropy.isEmpty)
  }
}
