import Consensus
import Foundation
import Testing

@Suite struct DawidSkeneTests {
  @Test(
    "Consensus on real crowds is as accurate as published",
    .enabled(if: Fixtures.hasCrowds, "the crowd data sets are not beside the repository"),
    arguments: [("crowd-bluebird", 0.7593, 0.8981), ("crowd-dogs", 0.8222, 0.8426)])
  func realCrowds(name: String, votes: Double, model: Double) throws {
    let crowd = try Fixtures.crowd(name)
    #expect(abs(majority(crowd.opinions).sharedAccuracy(against: crowd.truth) - votes) < 0.00005)
    let fit = DawidSkene.fit(crowd.opinions)
    #expect(abs(fit.consensus.sharedAccuracy(against: crowd.truth) - model) < 0.00005)
    #expect(fit.logLikelihood < 0 && fit.iterations <= 100)
    #expect(abs(fit.prior.reduce(0, +) - 1) < 1e-9)
  }

  @Test(
    "An annotator's reliability follows how often they are right",
    .enabled(if: Fixtures.hasCrowds, "the crowd data sets are not beside the repository"))
  func reliability() throws {
    let crowd = try Fixtures.crowd("crowd-bluebird")
    let fit = DawidSkene.fit(crowd.opinions)
    let quality = annotatorQuality(crowd.opinions, consensus: fit.consensus, model: fit)
    let right = (0..<crowd.opinions.annotators).map { annotator in
      let own = crowd.opinions.opinions.filter { $0.annotator == annotator }
      return Double(own.count { crowd.truth[$0.item] == $0.label }) / Double(own.count)
    }
    let estimated = quality.map { $0.reliability ?? 0 }
    #expect(correlation(estimated, right) > 0.9)
    #expect(quality.allSatisfy { $0.opinions == 108 && $0.agreementWithOthers != nil })
  }

  private func correlation(_ one: [Double], _ other: [Double]) -> Double {
    let (m, n) = (one.reduce(0, +) / Double(one.count), other.reduce(0, +) / Double(other.count))
    let covariance = zip(one, other).reduce(0) { $0 + ($1.0 - m) * ($1.1 - n) }
    let spread = one.reduce(0) { $0 + ($1 - m) * ($1 - m) } * other.reduce(0) { $0 + ($1 - n) * ($1 - n) }
    return covariance / spread.squareRoot()
  }

  /// What crowd-kit 1.4.2 computes, kept for where it is not installed: the posteriors of class 0 after 2 rounds on
  /// `Fixtures.random(items: 12, annotators: 4, classes: 3, coverage: 1, seed: 7)`, as printed by
  /// `ReferencePackagesTests.crowdKit` with `n_iter=2`, of which every third number is of class 0.
  private static let crowdKitPosteriors: [Double] = [
    0.9999986729367872, 7.974876414333724e-05, 2.994658010873534e-08,
    0.9999971815026515, 6.104202186502951e-06, 0.061305474367120624,
    0.9995530325603097, 1.4380728332498642e-05, 0.0005431526163484431,
    0.00016647886135847767, 0.9999986729367872, 1.2306788215141351e-07,
  ]

  @Test("The posteriors are those that crowd-kit computes")
  func frozenPosteriors() throws {
    let opinions = try Fixtures.random(items: 12, annotators: 4, classes: 3, coverage: 1, seed: 7)
    let fit = DawidSkene.fit(opinions, .init(iterations: 2, tolerance: -1))
    try #require(Self.crowdKitPosteriors.count == 12)
    for (item, expected) in Self.crowdKitPosteriors.enumerated() {
      #expect(abs(fit.consensus.probabilities[item, 0] - expected) < 1e-9)
    }
  }

  @Test("The likelihood never falls from one round to the next")
  func likelihoodGrows() throws {
    let opinions = try Fixtures.random(items: 80, annotators: 6, classes: 4, seed: 8)
    let likelihoods = (1...25).map {
      DawidSkene.fit(opinions, .init(iterations: $0, tolerance: -1)).logLikelihood
    }
    for (before, after) in zip(likelihoods, likelihoods.dropFirst()) { #expect(after >= before - 1e-9) }
    #expect(likelihoods[24] > likelihoods[0])
  }

  @Test("Convergence is reported as it was")
  func convergence() throws {
    let opinions = try Fixtures.random(items: 60, annotators: 6, classes: 3, seed: 9)
    let short = DawidSkene.fit(opinions, .init(iterations: 1))
    #expect(!short.converged && short.iterations == 1 && short.lastChange > 1e-5)
    let long = DawidSkene.fit(opinions, .init(iterations: 5000, tolerance: 1e-9))
    #expect(long.converged && long.iterations < 5000 && long.lastChange <= 1e-9)
  }

  @Test("Somebody who always says the opposite counts as much as somebody who is right")
  func adversary() throws {
    var opinions: [Opinions.Opinion] = []
    for item in 0..<40 {
      let truth = item % 2
      for annotator in 0..<3 { opinions.append(.init(item: item, annotator: annotator, label: truth)) }
      opinions.append(.init(item: item, annotator: 3, label: 1 - truth))
    }
    // The last item is seen by the adversary alone.
    opinions.append(.init(item: 40, annotator: 3, label: 0))
    let fit = DawidSkene.fit(try Opinions(opinions, items: 41, annotators: 4, classes: 2))
    #expect(fit.consensus.labels[40] == 1)
    #expect(fit.confusion(of: 3)[0][1] > 0.99 && (fit.reliability(of: 3) ?? 1) < 0.01)
    #expect((fit.reliability(of: 0) ?? 0) > 0.99)
  }

  @Test("An item without opinions gets the prior and no label; a table without any is no error")
  func withoutOpinions() throws {
    let some = try Opinions(
      (0..<9).map { .init(item: $0 / 3, annotator: $0 % 3, label: $0 < 6 ? 0 : 1) }, items: 5, annotators: 4,
      classes: 2)
    let fit = DawidSkene.fit(some)
    #expect(fit.consensus.labels == [0, 0, 1, nil, nil])
    #expect(zip(fit.consensus.probabilities[4], fit.prior).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(abs(fit.prior[0] - 2.0 / 3) < 1e-6)
    #expect(fit.reliability(of: 3) == nil)
    let none = DawidSkene.fit(try Opinions([], items: 2, annotators: 0, classes: 4))
    #expect(none.consensus.labels == [nil, nil] && none.consensus.probabilities[1, 2] == 0.25 && none.converged)
    let empty = DawidSkene.fit(try Opinions([], items: 0, annotators: 0, classes: 2))
    #expect(empty.consensus.labels.isEmpty)
  }

  @Test("One class, and a thousand classes")
  func extremes() throws {
    let one = DawidSkene.fit(
      try Opinions([.init(item: 0, annotator: 0, label: 0)], items: 1, annotators: 1, classes: 1))
    #expect(one.consensus.labels == [0] && one.consensus.probabilities[0, 0] == 1)
    let many = try Fixtures.random(items: 300, annotators: 6, classes: 1000, coverage: 0.7, seed: 2)
    let fit = DawidSkene.fit(many, .init(smoothing: 0.01))
    for item in 0..<300 {
      #expect(abs(fit.consensus.probabilities[item].reduce(0, +) - 1) < 1e-9)
    }
  }

  @Test("Smoothing keeps a single opinion from making an annotator perfect")
  func smoothing() throws {
    let opinions = try Opinions(
      [(0, 0, 0), (0, 1, 0), (1, 0, 1), (1, 1, 1)].map { .init(item: $0, annotator: $1, label: $2) }, items: 2,
      annotators: 2, classes: 2)
    #expect((DawidSkene.fit(opinions).reliability(of: 0) ?? 0) > 0.999)
    let held = try #require(DawidSkene.fit(opinions, .init(smoothing: 1)).reliability(of: 0))
    #expect(held < 0.9 && held > 0.5)
  }

  @Test("The order of the opinions changes nothing that matters")
  func order() throws {
    let opinions = try Fixtures.random(items: 50, annotators: 5, classes: 3, seed: 10)
    var generator = SplitMix(state: 1)
    let shuffled = try Opinions(
      opinions.opinions.shuffled(using: &generator), items: 50, annotators: 5, classes: 3)
    let (one, other) = (DawidSkene.fit(opinions), DawidSkene.fit(shuffled))
    #expect(one.consensus.labels == other.consensus.labels)
    #expect(
      zip(one.consensus.probabilities.values, other.consensus.probabilities.values).allSatisfy { abs($0 - $1) < 1e-9 })
  }
}
