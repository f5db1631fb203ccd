import Domain
import Foundation
import HTTPCore
import Labeling
import Storage

extension Endpoint {
  private static let roundParameters = ["project": "$request.path.project", "round": "$response.body#/n"]

  /// The model's life, and what it predicts.
  static var rounds: [Endpoint] {
    [
      Endpoint(
        method: .get, path: "/projects/{project}/rounds", summary: "Rounds, newest first", tag: "Rounds",
        access: .project(.engineer), query: Schema.paging, responseSchema: Schema.page(Schema.round)
      ) { call in
        let (limit, cursor) = try call.page()
        let rounds = try call.service.rounds(in: try call.projectID(), before: cursor.map(Int.init), limit: limit + 1)
        return .json([
          "items": .array(rounds.prefix(limit).map(RoundView.json)),
          "next_cursor": rounds.count > limit ? .string("\(rounds[limit - 1].number)") : .null,
        ])
      },
      Endpoint(
        method: .post, path: "/projects/{project}/rounds", summary: "Train and rank anew now", tag: "Rounds",
        access: .project(.engineer), audit: .writes(["round.request"]), body: small, status: .accepted,
        responseSchema: Schema.round, carries: [.location],
        links: [.init(method: .get, path: "/projects/{project}/rounds/{round}", parameters: roundParameters)]
      ) { call in
        let round = try await call.service.requestRound(in: try call.projectID())
        return .json(
          RoundView.json(round), status: .accepted,
          headers: ["Location": "\(base)/projects/\(try call.projectID())/rounds/\(round.number)"])
      },
      Endpoint(
        method: .get, path: "/projects/{project}/rounds/{round}",
        summary: "A round: its state, labels in, metrics, durations, configuration", tag: "Rounds",
        access: .project(.engineer), responseSchema: Schema.round
      ) { call in
        .json(RoundView.json(try call.service.round(try call.number("round"), in: try call.projectID())))
      },
      Endpoint(
        method: .post, path: "/projects/{project}/rounds/{round}/cancel", summary: "Stop a round that is under way",
        tag: "Rounds", access: .project(.engineer), audit: .writes(["round.cancel"]), body: small, status: .accepted,
        responseSchema: Schema.round
      ) { call in
        let round = try await call.service.cancelRound(try call.number("round"), in: try call.projectID())
        return .json(RoundView.json(round), status: .accepted)
      },
      Endpoint(
        method: .get, path: "/projects/{project}/rounds/{round}/model", summary: "A round's model as safetensors",
        tag: "Rounds", access: .project(.engineer), audit: .writes(["model.download"]), responseSchema: nil,
        produces: "application/octet-stream"
      ) { call in
        let number = try call.number("round")
        let path = try call.service.modelFile(ofRound: number, in: try call.projectID())
        guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else {
          throw LabelingError.notFound("model file of round \(number)")
        }
        if call.head.method == .get {
          let project = try call.projectID()
          try await call.service.audit("model.download", AuditSubject("round", "\(number)", in: project))
        }
        return HTTPResponse(
          status: .ok,
          headers: [
            "Content-Type": "application/octet-stream",
            "Content-Disposition": "attachment; filename=\"round-\(number).safetensors\"",
          ], body: .file(path: path, size: size))
      },
      Endpoint(
        method: .post, path: "/projects/{project}/predict", summary: "Predict items, in the pool or not", tag: "Rounds",
        access: .project(.engineer), audit: .exempt("it changes nothing"), body: json, deadline: .seconds(120),
        requestSchema: Schema.object(["items": Schema.rows(Schema.itemRow)], required: ["items"]),
        responseSchema: Schema.predictions
      ) { call in
        let rows = try call.json(ItemBatch.self, members: ["items"]).items
        let project = try call.projectID()
        let good = rows.compactMap { try? $0.result.get() }
        let predictions = try await call.service.predict(good, in: project)
        var next = predictions.makeIterator()
        var items: [JSONValue] = []
        var rejected: [JSONValue] = []
        for (index, row) in rows.enumerated() {
          let (result, key): (Result<Prediction, FieldError>, String?) =
            switch row.result {
            case .failure(let error): (.failure(error), nil)
            case .success(let value): (next.next() ?? .failure(FieldError("", "No answer.")), value.key)
            }
          switch result {
          case .failure(let error): rejected.append(ItemUpload.rejection(row: index, error))
          case .success(let prediction):
            items.append([
              "row": .integer(Int64(index)), "key": .optional(key), "label": .string(prediction.label),
              "labels": .array(prediction.labels.map(JSONValue.string)),
              "probabilities": ItemView.probabilities(prediction), "round": .integer(Int64(prediction.round)),
            ])
          }
        }
        return .json([
          "items": .array(items), "rejected": .array(rejected),
          "round": .optional(predictions.lazy.compactMap { try? $0.get().round }.first),
        ])
      },
    ]
  }
}

/// A batch of rows, each of which may be wrong by itself.
struct ItemBatch: Decodable {
  var items: [Lenient<ItemRow>]
}
