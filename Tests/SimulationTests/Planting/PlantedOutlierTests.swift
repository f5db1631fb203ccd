import Learning
import Sampling
import Simulation
import Tensors
import Testing

/// Pools in which a third of the items cannot be learned: with the filter, active learning works all the same.
@Suite(.serialized) struct PlantedOutlierTests {
  private static let digitsAreThere = DigitsFile.url != nil

  private func digits(planted: Int, seed: UInt64) throws -> PlantedReplay {
    PlantedReplay(
      try DigitsFile.read(), testItems: 500, rareClass: 8, rareItems: 40, planted: planted, seed: seed)
  }

  @Test(
    "digits with 31 % planted outliers: found, the rare class spared, and queries back to what can be learned",
    .enabled(if: digitsAreThere, "the digits data set is not beside the repository"), arguments: 0..<2)
  func plantedDigits(seed: UInt64) throws {
    let replay = try digits(planted: 540, seed: seed)
    let share = Double(replay.isOutlier.count { $0 }) / Double(replay.labels.count)
    #expect((0.30...0.32).contains(share))
    let filtered = try replay.run(filter: "auto")
    let plain = try replay.run(filter: "none")
    let quality = try #require(replay.quality(of: filtered))
    #expect(quality.precision >= 0.95)
    #expect(quality.recall >= 0.6)
    #expect(quality.rare <= 0.02)
    #expect(filtered.lastOutlierShare <= plain.lastOutlierShare - 0.2)
    #expect(filtered.area > plain.area)
  }

  @Test(
    "clean digits lose nothing to the filter",
    .enabled(if: digitsAreThere, "the digits data set is not beside the repository"))
  func cleanDigits() throws {
    let replay = try digits(planted: 0, seed: 3)
    let (filtered, plain) = try (replay.run(filter: "auto"), replay.run(filter: "none"))
    #expect(filtered.area >= plain.area - 0.005)
    #expect(filtered.mostExcluded <= 12)
  }

  @Test(
    "density alone takes planted groups for good items, and a rare class for strays",
    .enabled(if: digitsAreThere, "the digits data set is not beside the repository"), arguments: 0..<2)
  func densityFails(seed: UInt64) throws {
    let replay = try digits(planted: 540, seed: seed)
    var generator = SeededGenerator(seed: seed)
    let rows = Array(replay.labels.indices)
    let factors = LocalOutlierFactor().localOutlierFactors(
      of: rows, in: replay.components.view, using: &generator, pool: .shared
    ).factors
    // As many as were planted: those of the greatest factor.
    let first = topK(factors, k: 540)
    let precision = Double(first.count { replay.isOutlier[$0] }) / 540
    let rare = rows.filter { !replay.isOutlier[$0] && replay.labels[$0] == 8 }
    let rareShare = Double(Set(first).intersection(rare).count) / Double(rare.count)
    // A draw would find 31 % of either: groups of outliers are dense, and the rare class is sparse.
    #expect(precision < 0.31)
    #expect(rareShare > 0.31)
  }

  @Test("drawn shapes with planted outliers: found, and nothing else")
  func plantedShapes() throws {
    var generator = SeededGenerator(seed: 11)
    let centers = (0..<8).map { _ in (0..<24).map { _ in generator.uniform() } }
    let labels = (0..<700).map { $0 % 8 }
    let values = labels.flatMap { label in
      centers[label].map { min(1, max(0, $0 + 0.15 * generator.normal())) }
    }
    let set = LabelledSet(features: Matrix(rows: 700, columns: 24, values: values), labels: labels, classes: 8)
    let replay = PlantedReplay(set, testItems: 100, rareClass: 3, rareItems: 30, planted: 240, seed: 1)
    let outcome = try replay.run(filter: "auto", limit: 200)
    let quality = try #require(replay.quality(of: outcome))
    #expect(quality.precision >= 0.95 && quality.recall >= 0.6 && quality.rare <= 0.04)
  }
}
