import Tensors
import Testing

@Suite struct CommitteeEntropyTests {
  /// Random distributions `(t, n, c)`, some of them with zeros and some of them sure.
  private static func predictions(layout: CommitteePredictions.Layout) -> CommitteePredictions {
    let (members, items, classes) = (3, 37, 5)
    var generator = SeededGenerator(seed: 9)
    var values: [Float] = []
    for row in 0..<members * items {
      var weights = (0..<classes).map { _ in generator.uniform() }
      if row % 5 == 0 { weights[1] = 0 }
      if row % 11 == 0 { weights = (0..<classes).map { $0 == 2 ? 1 : 0 } }
      let sum = weights.reduce(0, +)
      values += weights.map { $0 / sum }
    }
    if layout == .items {
      return CommitteePredictions(members: members, items: items, classes: classes, values: values)
    }
    var turned = values
    for member in 0..<members {
      for item in 0..<items {
        for label in 0..<classes {
          turned[(member * classes + label) * items + item] = values[(member * items + item) * classes + label]
        }
      }
    }
    return CommitteePredictions(members: members, items: items, classes: classes, values: turned, layout: .classes)
  }

  @Test("Both layouts hold the same probabilities and the same means")
  func layoutsAgree() {
    let (byItem, byClass) = (Self.predictions(layout: .items), Self.predictions(layout: .classes))
    #expect(byItem.stored != byClass.stored)
    #expect(byItem.values == byClass.values)
    #expect(byItem.mean() == byClass.mean())
  }

  @Test("Entropies agree with plain loops", arguments: [CommitteePredictions.Layout.items, .classes])
  func entropiesAgree(layout: CommitteePredictions.Layout) {
    let predictions = Self.predictions(layout: layout)
    let (ofMean, meanOfMembers) = predictions.entropies()
    let expected = referenceEntropyRows(predictions.mean().view)
    let values = predictions.values
    for item in 0..<predictions.items {
      #expect(abs(ofMean[item] - expected[item]) < 2e-6)
      var sum: Float = 0
      for member in 0..<predictions.members {
        let start = (member * predictions.items + item) * predictions.classes
        let row = Matrix(rows: 1, columns: predictions.classes, values: Array(values[start..<start + 5]))
        sum += referenceEntropyRows(row.view)[0]
      }
      #expect(abs(meanOfMembers[item] - sum / Float(predictions.members)) < 2e-6)
    }
  }

  @Test("The first row that is no distribution is found", arguments: [CommitteePredictions.Layout.items, .classes])
  func offenderIsFound(layout: CommitteePredictions.Layout) {
    let good = Self.predictions(layout: layout)
    #expect(good.firstOffender(tolerance: 1e-3) == nil)
    for wrong in [Float.nan, -0.5, 3, .infinity] {
      var values = good.stored
      // Member 1, item 20, class 3.
      let place = layout == .items ? (37 + 20) * 5 + 3 : (5 + 3) * 37 + 20
      values[place] = wrong
      let bad = CommitteePredictions(members: 3, items: 37, classes: 5, values: values, layout: layout)
      let offender = bad.firstOffender(tolerance: 1e-3)
      #expect(offender?.member == 1 && offender?.item == 20)
    }
  }

  @Test("Minus p ln p is 0 for 0 and for 1, and NaN for NaN")
  func entropyTerm() {
    var p = SIMD16<Float>(repeating: 0.5)
    (p[0], p[1], p[2], p[3]) = (0, 1, .nan, .leastNonzeroMagnitude)
    let term = vectorEntropyTerm(p)
    #expect(term[0] == 0 && term[1] == 0 && term[2].isNaN && term[3] < 1e-30)
    #expect(abs(term[4] - 0.346_573_6) < 1e-6)
  }
}
