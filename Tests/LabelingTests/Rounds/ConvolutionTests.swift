import Domain
import Features
import Foundation
import Learning
import Tensors
import Testing

@testable import Labeling

@Suite struct ConvolutionTests {
  /// A grey picture with one bar that lies (label `a`) or stands (label `b`), anywhere.
  private static func bar(_ number: Int, side: Int = 12) throws -> [UInt8] {
    var generator = SeededGenerator(seed: 9, stream: UInt64(number))
    let place = 1 + generator.index(below: side - 2)
    let pixels = (0..<side * side).map { index -> UInt8 in
      let (row, column) = (index / side, index % side)
      let isOn = (number % 2 == 0 ? row : column) == place
      return UInt8(min(255, (isOn ? 200 : 20) + generator.index(below: 30)))
    }
    return try ImageCodec.encodePNG(DecodedImage(width: side, height: side, channels: 1, pixels: pixels))
  }

  private func trained(_ test: TestService, embedding: Bool = false) async throws -> (ProjectID, User) {
    let project = try await test.project(
      modality: .image,
      settings:
        #"{"trainer": {"model": "convolutional", "hidden": 16, "epochs": 15, "committee": {"size": 4}}, "batch_size": 1000, "evaluation_fraction": 0}"#,
      labels: ["a", "b"])
    let ann = try await test.user("ann")
    let rows = try (0..<60).map { number in
      var row = ItemRow()
      row.key = "k\(number)"
      row.imageBytes = try Self.bar(number)
      if embedding { row.embedding = [Float(number % 2), 0.5, Float(number)] }
      if number < 40 { row.label = number % 2 == 0 ? "a" : "b" }
      return row
    }
    #expect(try await test.push(rows, to: project, by: ann).created == 60)
    try await test.service.poolDidGrow(project)
    await test.runRounds()
    return (project, ann)
  }

  private func report(_ test: TestService, _ project: ProjectID, _ round: Int) throws -> RoundReport {
    let round = try test.service.round(round, in: project)
    try #require(round.state == .serving, "\(round.error ?? "")")
    return RoundReport(text: round.report)
  }

  @Test func aConvolutionalNetworkLearnsFromPixels() async throws {
    let test = try TestService()
    let (project, ann) = try await trained(test)
    let model = try #require(try report(test, project, 1).model)
    guard case .convolutional(let shape) = model.configuration.architecture else {
      Issue.record("\(model.configuration.architecture)")
      return
    }
    #expect((shape.height, shape.width, shape.channels) == (12, 12, 1) && model.features == 144 && model.notes == nil)
    let rows = try (100..<140).map { number in
      var row = ItemRow()
      row.imageBytes = try Self.bar(number)
      return row
    }
    let right = try await test.service.predict(rows, in: project).enumerated().filter {
      try $0.element.get().label == ($0.offset % 2 == 0 ? "a" : "b")
    }
    #expect(right.count >= 36, "\(right.count) of 40")
    let batch = try await test.service.query(in: project, by: ann, count: 4, strategy: "badge", leaseSeconds: nil)
    #expect(batch.items.count == 4 && batch.strategyUsed == "badge")

    // Another kind of network reads other features, under another version; the model that serves keeps its own.
    var draft = ProjectDraft()
    draft.settings = try JSONDecoder().decode(
      SettingsPatch.self, from: Data(#"{"trainer": {"model": "perceptron"}}"#.utf8))
    _ = try await test.service.changeProject(project, draft, ifVersion: nil)
    #expect(try test.service.models.current(project)?.featureVersion == 1)
    _ = try await test.service.requestRound(in: project)
    await test.runRounds()
    #expect(try report(test, project, 2).model?.featureVersion == 2)
    #expect(try await test.service.predict([rows[0]], in: project).count == 1)
  }

  @Test func withoutPicturesAPerceptronStandsIn() async throws {
    let test = try TestService()
    let (project, _) = try await trained(test, embedding: true)
    let model = try #require(try report(test, project, 1).model)
    #expect(model.features == 3 && model.notes?.first?.contains("perceptron") == true)
  }
}
