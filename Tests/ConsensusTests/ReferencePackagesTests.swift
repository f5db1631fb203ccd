import Consensus
import Foundation
import Testing

/// Against the packages that the field uses.
@Suite struct ReferencePackagesTests {
  private static let hasKrippendorff = Fixtures.pythonHas("numpy, krippendorff")
  private static let hasScikitLearn = Fixtures.pythonHas("numpy, sklearn.metrics")
  private static let hasStatsmodels = Fixtures.pythonHas("numpy, statsmodels.stats.inter_rater")
  private static let hasCrowdKit = Fixtures.pythonHas("pandas, crowdkit.aggregation")
  private static let hasCleanlab = Fixtures.pythonHas("numpy, cleanlab.internal.multiannotator_utils")

  private static let shapes: [(items: Int, annotators: Int, classes: Int, coverage: Double)] = [
    (12, 3, 2, 1), (40, 5, 4, 0.5), (60, 8, 7, 0.3), (200, 4, 3, 0.9),
  ]

  @Test(
    "Krippendorff's α equals the package krippendorff",
    .enabled(if: hasKrippendorff, "Python has no krippendorff"), arguments: shapes.indices)
  func alphas(shape: Int) throws {
    let shape = Self.shapes[shape]
    let opinions = try Fixtures.random(
      items: shape.items, annotators: shape.annotators, classes: shape.classes, coverage: shape.coverage, seed: 3)
    let expected = try Fixtures.python(
      """
      import numpy as np, krippendorff
      table = np.full((annotators, items), np.nan)
      for i, j, l in data: table[j, i] = l
      for level in ("nominal", "ordinal", "interval"):
          print(repr(float(krippendorff.alpha(reliability_data=table, value_domain=list(range(classes)),
                                               level_of_measurement=level))))
      """, opinions)
    try #require(expected.count == 3)
    let levels: [LevelOfMeasurement] = [.nominal, .ordinal, .interval()]
    for (level, value) in zip(levels, expected) {
      let alpha = try #require(krippendorffAlpha(opinions, level: level))
      #expect(abs(alpha - value) < 1e-9, "\(level): \(alpha) against \(value)")
    }
  }

  @Test(
    "Cohen's κ equals scikit-learn's, plain and weighted",
    .enabled(if: hasScikitLearn, "Python has no scikit-learn"), arguments: shapes.indices)
  func cohen(shape: Int) throws {
    let shape = Self.shapes[shape]
    let opinions = try Fixtures.random(
      items: shape.items, annotators: shape.annotators, classes: shape.classes, coverage: shape.coverage, seed: 4)
    for (weights, name) in zip(KappaWeights.allCases, ["None", "'linear'", "'quadratic'"]) {
      let expected = try Fixtures.python(
        """
        from sklearn.metrics import cohen_kappa_score
        said = [{} for _ in range(annotators)]
        for i, j, l in data: said[j][i] = l
        for a in range(annotators):
            for b in range(a + 1, annotators):
                both = sorted(set(said[a]) & set(said[b]))
                if both:
                    print(a, b, len(both), repr(float(cohen_kappa_score(
                        [said[a][i] for i in both], [said[b][i] for i in both], labels=list(range(classes)),
                        weights=\(name)))))
        """, opinions)
      let pairs = pairwiseCohenKappa(opinions, weights: weights)
      try #require(expected.count == 4 * pairs.count && !pairs.isEmpty)
      for (index, pair) in pairs.enumerated() {
        let row = expected[(4 * index)..<(4 * index + 4)].map { $0 }
        #expect([pair.first, pair.second, pair.items] == row[..<3].map { Int($0) })
        if let kappa = pair.kappa { #expect(abs(kappa - row[3]) < 1e-9) } else { #expect(row[3].isNaN) }
      }
    }
  }

  @Test(
    "Fleiss' κ equals statsmodels'", .enabled(if: hasStatsmodels, "Python has no statsmodels"), arguments: [2, 3, 6])
  func fleiss(annotators: Int) throws {
    let opinions = try Fixtures.random(items: 50, annotators: annotators, classes: 4, coverage: 1, seed: 5)
    let expected = try Fixtures.python(
      """
      import numpy as np
      from statsmodels.stats.inter_rater import fleiss_kappa
      table = np.zeros((items, classes))
      for i, j, l in data: table[i, l] += 1
      print(repr(float(fleiss_kappa(table))))
      """, opinions)
    let kappa = try #require(fleissKappa(opinions))
    #expect(kappa.raters == annotators && kappa.items == 50)
    #expect(abs(kappa.value - (try #require(expected.first))) < 1e-9)
  }

  @Test(
    "Dawid–Skene equals crowd-kit's, posterior by posterior",
    .enabled(if: hasCrowdKit, "Python has no crowd-kit"),
    .enabled(if: Fixtures.hasCrowds, "the crowd data sets are not beside the repository"),
    arguments: ["crowd-bluebird", "crowd-dogs"])
  func dawidSkene(name: String) throws {
    let crowd = try Fixtures.crowd(name)
    // A fixed number of rounds on both sides: each stops by a rule of its own.
    let expected = try Fixtures.python(Self.crowdKit, crowd.opinions)
    let fit = DawidSkene.fit(crowd.opinions, .init(iterations: 20, tolerance: -1))
    try #require(expected.count == crowd.opinions.items * crowd.opinions.classes)
    let posterior = fit.consensus.probabilities.values
    #expect(zip(posterior, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    for item in 0..<crowd.opinions.items {
      let row = Array(expected[(item * fit.prior.count)..<((item + 1) * fit.prior.count)])
      #expect(fit.consensus.labels[item] == row.firstIndex(of: row.max() ?? 0))
    }
  }

  static let crowdKit = """
    import pandas as pd
    from crowdkit.aggregation import DawidSkene
    frame = pd.DataFrame(data, columns=["task", "worker", "label"])
    found = DawidSkene(n_iter=20, tol=-1e9).fit_predict_proba(frame)
    for i in range(items):
        for l in range(classes): print(repr(float(found.loc[i, l])))
    """

  @Test(
    "ActiveLab's weights and estimate equal cleanlab's", .enabled(if: hasCleanlab, "Python has no cleanlab"),
    arguments: [1, 2] as [UInt64])
  func activeLab(seed: UInt64) throws {
    let opinions = try Fixtures.random(items: 60, annotators: 5, classes: 3, coverage: 0.7, seed: seed)
    var generator = SplitMix(state: seed)
    var values: [Double] = []
    for _ in 0..<opinions.items {
      let row = (0..<3).map { _ in generator.uniform() + 0.05 }
      values += row.map { $0 / row.reduce(0, +) }
    }
    // Items without opinions have rows of their own in cleanlab: here all are labelled.
    let labelled = Set(opinions.opinions.map(\.item)).sorted()
    let renumbered = Dictionary(uniqueKeysWithValues: labelled.enumerated().map { ($1, $0) })
    let dense = try Opinions(
      opinions.opinions.map { .init(item: renumbered[$0.item] ?? 0, annotator: $0.annotator, label: $0.label) },
      items: labelled.count, annotators: 5, classes: 3)
    let rows = labelled.flatMap { values[($0 * 3)..<($0 * 3 + 3)] }
    let expected = try Fixtures.python(
      """
      import numpy as np, cleanlab.multiannotator as m
      from cleanlab.multiannotator import get_active_learning_scores
      # Without temperature scaling, which belongs to the model and not to the score.
      m.find_best_temp_scaler = lambda *a, **k: 1.0
      m.temp_scale_pred_probs = lambda p, t: p
      table = np.full((items, annotators), np.nan)
      for i, j, l in data: table[i, j] = l
      probabilities = np.array([\(rows.map { "\($0)" }.joined(separator: ","))]).reshape(items, classes)
      labelled, unlabelled = get_active_learning_scores(table, probabilities, probabilities[:10])
      for v in list(labelled) + list(unlabelled): print(repr(float(v)))
      """, dense)
    let more = try Opinions(dense.opinions, items: dense.items + 10, annotators: 5, classes: 3)
    let model = try LabelDistributions(
      items: dense.items + 10, classes: 3, values: rows + Array(rows[..<30]))
    let scores = try ActiveLab.fit(more, model: model).scores
    try #require(expected.count == scores.count)
    for (score, value) in zip(scores, expected) { #expect(abs(score - value) < 1e-9) }
  }
}
