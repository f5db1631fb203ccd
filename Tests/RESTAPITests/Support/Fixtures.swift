import Domain
import Testing

/// Projects as tests need them.
extension Client {
  /// Makes a project and returns its identifier.
  func project(
    _ name: String = "Tickets", modality: String = "text", labels: [String] = ["billing", "outage"],
    settings: String = #"{"batch_size": 1000, "evaluation_fraction": 0, "trainer": {"epochs": 3}}"#
  ) async throws -> ProjectID {
    let names = labels.map { "{\"name\": \"\($0)\"}" }.joined(separator: ", ")
    let answer = try await post(
      "projects", #"{"name": "\#(name)", "modality": "\#(modality)", "labels": [\#(names)], "settings": \#(settings)}"#)
    try #require(answer.status == 201, "\(answer.text)")
    return try #require(ProjectID(answer.json["id"]?.text ?? ""))
  }

  /// Pushes texts under the keys t0, t1, ….
  func push(_ texts: [String], to project: ProjectID) async throws {
    let rows = texts.enumerated().map {
      JSONValue.object([("key", .string("t\($0)")), ("text", .string($1))])
    }
    let answer = try await post("projects/\(project)/items", JSONValue.object([("items", .array(rows))]).text())
    try #require(answer.status == 200 && answer.json["created"]?.int == texts.count, "\(answer.text)")
  }

  /// The next question.
  func next(in project: ProjectID) async throws -> (lease: String, item: String, key: String) {
    let answer = try await post("projects/\(project)/next", "{}")
    let entry = try #require(answer.json["items"]?[0], "\(answer.text)")
    return (
      try #require(entry["lease"]?.text), try #require(entry["item"]?["id"]?.text),
      try #require(entry["item"]?["key"]?.text)
    )
  }

  /// Labels an item by its key.
  func label(_ key: String, _ label: String, in project: ProjectID) async throws -> Answer {
    try await post("projects/\(project)/annotations", #"{"key": "\#(key)", "labels": ["\#(label)"]}"#)
  }
}

/// Pictures of one pixel.
enum Picture {
  static let base64 =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
}
