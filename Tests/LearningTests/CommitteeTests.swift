import Learning
import Tensors
import Testing

@Suite struct CommitteeTests {
  static let set = Fixtures.blobs(rows: 1100, inputs: 12, classes: 4, seed: 8, spread: 2.5)

  static func model(hidden: [Int], dropout: Float = 0.5) throws -> TrainedModel {
    try train(set, TrainingConfiguration(architecture: .perceptron(hidden: hidden, dropout: dropout), epochs: 8))
  }

  @Test("The mean over many passes is close to the deterministic prediction", arguments: [[64], [48, 32]])
  func meanIsCloseToPrediction(hidden: [Int]) throws {
    let model = try Self.model(hidden: hidden, dropout: 0.2)
    let x = Self.set.features.view
    let mean = try model.committee(of: x, passes: 200, seed: 1).mean()
    let direct = try model.probabilities(of: x)
    let gap = zip(mean.values, direct.values).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(mean.values.count)
    #expect(gap < 0.03)
  }

  @Test("Every pass is a distribution, and passes differ", arguments: [[64], [48, 32]])
  func passesAreDistributions(hidden: [Int]) throws {
    let committee = try Self.model(hidden: hidden).committee(of: Self.set.features.view, passes: 4, seed: 1)
    #expect(committee.members == 4 && committee.items == 1100 && committee.classes == 4)
    for start in stride(from: 0, to: committee.values.count, by: 4) {
      let sum = committee.values[start..<start + 4].reduce(0, +)
      #expect(abs(sum - 1) < 1e-5)
    }
    let size = 1100 * 4
    #expect(committee.values[0..<size] != committee.values[size..<2 * size])
  }

  @Test("Masks do not depend on the block of rows that is asked for", arguments: [[64], [48, 32]])
  func blockInvariance(hidden: [Int]) throws {
    let model = try Self.model(hidden: hidden)
    let x = Self.set.features.view
    let whole = try model.committee(of: x, passes: 3, seed: 5)
    for range in [0..<1, 7..<100, 500..<1100] {
      let part = try model.committee(of: x.rowRange(range), passes: 3, seed: 5)
      for pass in 0..<3 {
        for (offset, row) in range.enumerated() {
          for column in 0..<4 {
            let a = part.values[(pass * range.count + offset) * 4 + column]
            let b = whole.values[(pass * 1100 + row) * 4 + column]
            #expect(abs(a - b) < 1e-5)
          }
        }
      }
    }
    #expect(try model.committee(of: x, passes: 3, seed: 6).values != whole.values)
    // More passes extend a committee: the first ones stay what they were.
    let longer = try model.committee(of: x.rowRange(0..<512), passes: 5, seed: 5)
    #expect(abs(longer.values[0] - whole.values[0]) < 1e-5)
  }

  @Test("Passes agree with masks applied to the hidden layer by hand")
  func agreesWithPlainMasks() throws {
    let model = try Self.model(hidden: [16])
    let x = Self.set.features.view.rowRange(0..<3)
    let h = try model.hidden(of: x)
    #expect(h.columns == 16)
    let file = try SafeTensors(decoding: model.safetensors())
    let weight = try #require(file.tensors["layers.1.weight"]?.floats)
    let bias = try #require(file.tensors["layers.1.bias"]?.floats)
    let committee = try model.committee(of: x, passes: 1, seed: 3)
    // One of the 2^16 ways to drop hidden units, the rest doubled, must explain the pass, and the same one for all rows.
    let kept = try #require(plainMask(h, weight, bias, committee))
    #expect(kept.contains(true) && kept.contains(false))
  }

  /// The one of all 2^16 masks that explains the committee's probabilities of every row.
  private func plainMask(_ h: Matrix, _ w: [Float], _ b: [Float], _ committee: CommitteePredictions) -> [Bool]? {
    for bits in 0..<65_536 {
      var matches = true
      for row in 0..<h.rows where matches {
        var logits = Matrix(rows: 1, columns: 4, values: b)
        for unit in 0..<16 where bits >> unit & 1 == 1 {
          for c in 0..<4 { logits[0, c] += 2 * h[row, unit] * w[c * 16 + unit] }
        }
        softmaxRows(&logits)
        for c in 0..<4 where abs(logits[0, c] - committee.values[row * 4 + c]) > 1e-4 { matches = false }
      }
      if matches { return (0..<16).map { bits >> $0 & 1 == 1 } }
    }
    return nil
  }

  @Test("A model without dropout gives a committee of one")
  func withoutDropout() throws {
    let linear = try train(Self.set, TrainingConfiguration(architecture: .linear, epochs: 2))
    let x = Self.set.features.view
    let committee = try linear.committee(of: x, passes: 20, seed: 1)
    #expect(committee.members == 1)
    #expect(try committee.values == linear.probabilities(of: x).values)
    #expect(try linear.hidden(of: x) == Self.set.features)
  }
}
