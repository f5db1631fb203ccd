import Domain
import HTTPCore
import Labeling

extension Endpoint {
  /// The pool as a table, and what happened to one item.
  static var explore: [Endpoint] { [poolTable, story] }

  private static let poolTable = Endpoint(
    method: .get, path: "/projects/{project}/pool",
    summary: "The pool as a table: labels, annotators and the model's guess beside each item, by any filters",
    tag: "Items", access: .project(.engineer), deadline: .seconds(60),
    query: Schema.paging + [
      .init(
        name: "state", schema: Schema.choice(["unlabelled", "leased", "labelled", "skipped", "excluded"]),
        summary: "Only items in this state"),
      .init(name: "label", schema: Schema.text, summary: "Only items that bear this label"),
      .init(name: "predicted", schema: Schema.text, summary: "Only items whose likeliest label this is"),
      .init(name: "annotator", schema: Schema.text, summary: "Only items that this person answered, by name"),
      .init(
        name: "disagreement", schema: Schema.names(PoolFilter.Disagreement.self),
        summary: "Only items that annotators labelled differently, or otherwise than the model would"),
      .init(name: "flagged", schema: Schema.boolean, summary: "Only items that somebody flagged, or only others"),
      .init(name: "q", schema: Schema.text, summary: "Only items whose key or text contains all of these words"),
    ], responseSchema: Schema.poolPage
  ) { call in
    let (limit, cursor) = try call.page()
    let project = try call.projectID()
    let names = try call.service.userNames()
    var filter = PoolFilter()
    let state = call.head.query["state"]
    if let state, state != "leased" {
      guard let known = ItemState(name: state) else {
        throw LabelingError.invalid("/state", "A state is unlabelled, leased, labelled, skipped or excluded.")
      }
      filter.state = known
    }
    filter.leased = state == "leased" ? true : state == "unlabelled" ? false : nil
    (filter.label, filter.predicted) = (call.head.query["label"], call.head.query["predicted"])
    filter.query = call.head.query["q"]
    filter.disagreement = try call.choice("disagreement")
    filter.annotator = try call.person("annotator")
    filter.isFlagged = try call.flag("flagged")
    let page = try await call.service.explore(filter, in: project, after: cursor.map { ItemID($0) }, limit: limit)
    return .json([
      "items": .array(
        page.rows.map { row in
          [
            "item": ItemView.json(row.item, content: row.content, project: project, leased: filter.leased),
            "labels": .array(row.labels.map(JSONValue.string)),
            "annotators": .array(row.annotators.compactMap { names[$0].map(JSONValue.string) }),
            "guess": row.guess.map { ["label": .string($0.label), "probability": .number($0.probability)] } ?? .null,
            "flags": .array(
              row.flags.map {
                [
                  "annotator": .optional(names[$0.annotator]), "note": .optional($0.note),
                  "created_at": .string("\($0.createdAt)"),
                ]
              }),
          ]
        }), "next_cursor": .optional(page.next.map { "\($0)" }), "progress": .number(page.progress),
    ])
  }

  private static let story = Endpoint(
    method: .get, path: "/projects/{project}/items/{item}/story",
    summary: "When an item was asked, of whom and why, and what each round's model says of it", tag: "Items",
    access: .project(.engineer), deadline: .seconds(60), responseSchema: Schema.story
  ) { call in
    let story = try await call.service.story(of: try call.id("item"), in: try call.projectID())
    let names = try call.service.userNames()
    return .json([
      "served": .array(
        story.served.map { serve in
          .object(
            [
              ("lease", .string("\(serve.lease.id)")), ("annotator", .optional(names[serve.lease.annotator])),
              ("issued_at", .string("\(serve.issuedAt)")), ("expires_at", .string("\(serve.lease.expiresAt)")),
              ("ended", .optional(serve.end.map { "\($0)" })),
            ] + AnnotationView.provenance(serve.lease.provenance))
        }), "predictions": .array(story.predictions.map(ItemView.prediction)),
    ])
  }
}
