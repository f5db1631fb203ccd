import Domain
import HTTPCore
import Labeling

extension Endpoint {
  /// What the outlier filter keeps out of queries, and the way back.
  static var excluded: [Endpoint] {
    [
      Endpoint(
        method: .get, path: "/projects/{project}/excluded",
        summary: "Items that the outlier filter keeps out of queries, each with its reason", tag: "Outliers",
        access: .project(.engineer),
        query: Schema.paging + [
          .init(
            name: "group", schema: Schema.integer(0...Int(Int32.max)), summary: "Only one group of items that are alike"
          )
        ], responseSchema: Schema.page(Schema.excludedItem)
      ) { call in
        let (limit, cursor) = try call.page()
        let project = try call.projectID()
        var group: Int?
        if let text = call.head.query["group"] {
          guard let number = Int(text) else {
            throw LabelingError.invalid("/group", "A group is a number; see excluded/groups.")
          }
          group = number
        }
        // A cursor is above 0, and rows begin at 0.
        let items = try call.service.excluded(
          in: project, group: group, after: cursor.map { Int($0) - 1 }, limit: limit + 1)
        return .json([
          "items": .array(items.prefix(limit).map { ExcludedView.json($0, project: project) }),
          "next_cursor": items.count > limit ? .string("\(items[limit - 1].exclusion.row + 1)") : .null,
        ])
      },
      Endpoint(
        method: .get, path: "/projects/{project}/excluded/groups",
        summary: "Groups of excluded items that are alike, largest first, with a few of each", tag: "Outliers",
        access: .project(.engineer), responseSchema: Schema.answer(["groups": Schema.list(Schema.excludedGroup)])
      ) { call in
        let project = try call.projectID()
        return .json([
          "groups": .array(
            try call.service.excludedGroups(in: project).map { group in
              [
                "group": .optional(group.group), "count": .integer(Int64(group.count)),
                "method": .optional(group.example?.method), "reason": .optional(group.example?.reason),
                "probability": .optional(group.example?.probability),
                "items": .array(
                  group.representatives.map { ItemView.json($0.item, content: $0.content, project: project) }),
              ]
            })
        ])
      },
      Endpoint(
        method: .post, path: "/projects/{project}/excluded/restore",
        summary: "Put items or a whole group back; no filter keeps them out again", tag: "Outliers",
        access: .project(.engineer), audit: .writes(["item.restore"]), body: small,
        requestSchema: [
          "anyOf": [
            Schema.object(["items": Schema.list(Schema.identifier), "group": ["type": "null"]], required: ["items"]),
            Schema.object(
              ["items": ["type": "null"], "group": Schema.integer(Int.min...Int.max)], required: ["group"]),
          ]
        ],
        responseSchema: Schema.answer(["restored": Schema.integer])
      ) { call in
        let body = try call.json(RestoreBody.self, members: ["items", "group"])
        let (project, user) = (try call.projectID(), try call.principal.user)
        switch (body.items, body.group) {
        case (let items?, nil):
          let ids = try items.enumerated().map { index, text in
            guard let id = ItemID(text) else {
              throw LabelingError.invalid("/items/\(index)", "“\(text)” is no item of this project.")
            }
            return id
          }
          return .json(["restored": .integer(Int64(try await call.service.restore(ids, in: project, by: user)))])
        case (nil, let group?):
          return .json([
            "restored": .integer(Int64(try await call.service.restore(group: group, in: project, by: user)))
          ])
        default: throw LabelingError.invalid("", "Give either items or a group.")
        }
      },
      Endpoint(
        method: .post, path: "/projects/{project}/excluded/{item}/restore",
        summary: "Put an item back; no filter keeps it out again", tag: "Outliers", access: .project(.engineer),
        audit: .writes(["item.restore"]), body: small, responseSchema: Schema.answer(["restored": Schema.integer])
      ) { call in
        let (project, id): (ProjectID, ItemID) = (try call.projectID(), try call.id("item"))
        _ = try call.service.item(id, in: project)
        let restored = try await call.service.restore([id], in: project, by: try call.principal.user)
        return .json(["restored": .integer(Int64(restored))])
      },
    ]
  }

  private struct RestoreBody: Decodable {
    var items: [String]?
    var group: Int?
  }
}

enum ExcludedView {
  static func json(_ entry: ExcludedItem, project: ProjectID) -> JSONValue {
    guard case .object(var members) = json(entry.exclusion) else { return .null }
    members.insert(("item", ItemView.json(entry.item, content: entry.content, project: project)), at: 0)
    members.append(
      (
        "neighbours",
        .array(entry.neighbours.map { ["item": .string("\($0.item)"), "label": .optional($0.label)] })
      ))
    return .object(members)
  }

  /// Why an item is kept out; null where it is not.
  static func json(_ exclusion: Exclusion?) -> JSONValue {
    guard let exclusion else { return .null }
    return [
      "method": .string(exclusion.method), "round": .integer(Int64(exclusion.round)),
      "probability": .number(exclusion.probability), "reason": .string(exclusion.reason),
      "group": .optional(exclusion.group),
    ]
  }
}
