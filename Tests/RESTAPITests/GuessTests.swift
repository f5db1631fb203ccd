import Domain
import Foundation
import Testing

@Suite struct GuessTests {
  /// A project with a model, and somebody who has labelled for it.
  private func scene(_ server: TestServer, settings: String) async throws -> (Client, Client, ProjectID) {
    let engineer = try await server.client(.engineer, "Eve")
    let made = try await engineer.post(
      "projects",
      #"{"name": "Mail", "modality": "text", "labels": [{"name": "spam"}, {"name": "ham"}], "settings": \#(settings)}"#)
    let project = try #require(made.json["id"]?.text.flatMap { ProjectID($0) })
    try await engineer.push(
      (0..<40).map { $0.isMultiple(of: 2) ? "win a prize now \($0)" : "lunch at noon \($0)" }, to: project)
    let ann = try await server.client(.annotator, "Ann", in: [project])
    for _ in 0..<12 {
      let served = try #require(try await ann.post("projects/\(project)/next").json["items"]?[0])
      let label = served["item"]?["text"]?.text?.hasPrefix("win") == true ? "spam" : "ham"
      let said = try await ann.post(
        "projects/\(project)/annotations",
        #"{"item": "\#(served["item"]?["id"]?.text ?? "")", "labels": ["\#(label)"], "lease": "\#(served["lease"]?.text ?? "")"}"#
      )
      #expect(said.status == 201)
    }
    #expect(try await engineer.post("projects/\(project)/rounds").status == 202)
    for _ in 0..<600 {
      if try await engineer.get("projects/\(project)").json["model"]?["round"]?.int != nil { break }
      try await Task.sleep(for: .milliseconds(100))
    }
    return (engineer, ann, project)
  }

  @Test func aGuessIsGivenWhereItIsAskedFor() async throws {
    try await withServer(training: true) { server in
      let (engineer, ann, project) = try await scene(
        server, settings: #"{"batch_size": 1000, "evaluation_fraction": 0.4}"#)
      #expect(try await engineer.get("projects/\(project)").json["settings"]?["pre_annotation"]?.bool == false)
      let quiet = try await ann.post("projects/\(project)/next", #"{"prefetch": 10}"#).json["items"]?.list ?? []
      #expect(quiet.count == 10 && quiet.allSatisfy { $0["guess"] == nil }, "nobody is led unless they ask")
      let open = try await ann.post("projects/\(project)/next", #"{"prefetch": 20, "guess": true}"#)
      let items = open.json["items"]?.list ?? []
      #expect(items.count == 20 && open.json["progress"]?["since_round"]?.int == 0)
      let evaluation = items.filter { $0["evaluation"]?.bool == true }
      #expect(!evaluation.isEmpty && evaluation.count < items.count)
      for item in items {
        guard item["evaluation"]?.bool == false else {
          #expect(item["guess"] == .null, "labels that measure the model are given without it")
          continue
        }
        #expect(item["guess"]?["round"]?.int != nil && item["guess"]?["labels"]?.list?.count == 1)
        #expect(["spam", "ham"].contains(item["guess"]?["labels"]?[0]?["name"]?.text))
        let confidence = try #require(item["guess"]?["labels"]?[0]?["confidence"]?.double)
        #expect((0.5...1).contains(confidence), "of two labels the likelier")
      }
    }
  }

  @Test func aProjectMayPreAnnotate() async throws {
    try await withServer(training: true) { server in
      let (engineer, ann, project) = try await scene(
        server, settings: #"{"batch_size": 1000, "evaluation_fraction": 0}"#)
      let changed = try await engineer.patch("projects/\(project)", #"{"settings": {"pre_annotation": true}}"#)
      #expect(changed.json["settings"]?["pre_annotation"]?.bool == true)
      let items = try await ann.post("projects/\(project)/next", #"{"prefetch": 3}"#).json["items"]?.list ?? []
      #expect(items.count == 3 && items.allSatisfy { $0["guess"]?["labels"]?.list?.count == 1 })
      let wrong = try await engineer.patch("projects/\(project)", #"{"settings": {"pre_annotation": "yes"}}"#)
      #expect((400...422).contains(wrong.status))
    }
  }
}
