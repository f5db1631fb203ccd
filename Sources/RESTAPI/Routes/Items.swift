import Domain
import Foundation
import HTTPCore
import Labeling
import Storage

extension Endpoint {
  /// The pool.
  static var items: [Endpoint] {
    [
      Endpoint(
        method: .post, path: "/projects/{project}/items", summary: "Push items; a bad row never sinks the others",
        tag: "Items", access: .project(.engineer), audit: .writes(["items.import"]), body: streamed,
        deadline: .seconds(1800),
        query: ItemUpload.parameters,
        requestSchema: Schema.object(["items": Schema.rows(Schema.itemRow)], required: ["items"]),
        consumes: ItemUpload.mediaTypes, responseSchema: Schema.importReport
      ) { call in try await ItemUpload(call: call).run() },
      Endpoint(
        method: .get, path: "/projects/{project}/items", summary: "The pool in the order of arrival", tag: "Items",
        access: .project(.engineer),
        query: Schema.paging + [
          .init(
            name: "state", schema: Schema.choice(["unlabelled", "leased", "labelled", "skipped", "excluded"]),
            summary: "Only items in this state"),
          .init(name: "label", schema: Schema.addressText, summary: "Only items that bear this label"),
          .init(name: "q", schema: Schema.addressText, summary: "Only items whose key or text contains these words"),
        ], responseSchema: Schema.page(Schema.item)
      ) { call in
        let (limit, cursor) = try call.page()
        let project = try call.projectID()
        var state: ItemState?
        let wanted = call.head.query["state"]
        if let wanted, wanted != "leased" {
          guard let known = ItemState(name: wanted) else {
            throw LabelingError.invalid("/state", "A state is unlabelled, leased, labelled, skipped or excluded.")
          }
          state = known
        }
        let filter = ItemFilter(
          state: state, leased: wanted == "leased" ? true : wanted == "unlabelled" ? false : nil,
          query: call.head.query["q"])
        let items = try await call.service.items(
          in: project, filter, label: call.head.query["label"], after: cursor.map { ItemID($0) }, limit: limit + 1)
        let page = items.prefix(limit)
        return .json([
          "items": .array(
            page.map { ItemView.json($0.item, content: $0.content, project: project, leased: wanted == "leased") }),
          "next_cursor": items.count > limit ? .optional(page.last.map { "\($0.item.id)" }) : .null,
        ])
      },
      Endpoint(
        method: .get, path: "/projects/{project}/items/{item}",
        summary: "An item with its annotations, taken back ones too, and the model's prediction", tag: "Items",
        access: .project(.engineer), responseSchema: Schema.itemDetail
      ) { call in
        let project = try call.projectID()
        let detail = try call.service.item(try call.id("item"), in: project)
        let definition = try call.service.project(project, visibleTo: try call.principal).project
        let names = try call.service.userNames()
        guard case .object(var members) = ItemView.json(detail.item, content: detail.content, project: project) else {
          return .json(.null)
        }
        members.append(("prediction", ItemView.prediction(detail.prediction)))
        members.append(
          ("exclusion", ExcludedView.json(try call.service.exclusion(of: detail.item, in: project))))
        members.append(
          (
            "annotations",
            .array(
              detail.annotations.map {
                AnnotationView.json($0, project: definition, annotator: names[$0.annotator])
              })
          ))
        return .json(.object(members))
      },
      Endpoint(
        method: .get, path: "/projects/{project}/items/{item}/image", summary: "The picture of an image item",
        tag: "Items", access: .project(.annotator),
        query: [.init(name: "width", schema: Schema.integer(1...4096), summary: "Make it at most this wide, as PNG")],
        responseSchema: nil, produces: "image/png",
        moreAnswers: [.init(status: .ok, mediaType: "image/jpeg"), .init(status: .notModified)], carries: [.entityTag],
        heeds: [Schema.ifNoneMatch]
      ) { call in try await image(call) },
      Endpoint(
        method: .delete, path: "/projects/{project}/items/{item}",
        summary: "Remove an item with everything that was said about it", tag: "Items", access: .project(.engineer),
        audit: .writes(["item.remove"]), status: .noContent
      ) { call in
        try await call.service.deleteItem(try call.id("item"), in: try call.projectID())
        return HTTPResponse(status: .noContent)
      },
    ]
  }

  private static func image(_ call: Call) async throws -> HTTPResponse {
    let image = try call.service.image(of: try call.id("item"), in: try call.projectID())
    var headers: HTTPHeaders = [
      "Content-Type": image.mediaType, "Content-Security-Policy": SecurityHeaders.upload,
      // The bytes behind an item never change, but who may see them does: only the person's own browser keeps them.
      "Cache-Control": "private, max-age=86400",
    ]
    if let text = call.head.query["width"] {
      guard let width = Int(text), (1...4096).contains(width) else {
        throw LabelingError.invalid("/width", "A width is a whole number from 1 to 4096.")
      }
      headers["Content-Type"] = "image/png"
      headers["ETag"] = "\"\(image.hash)-\(width)\""
      if EntityTag.matches(call.head, "\"\(image.hash)-\(width)\"") {
        return HTTPResponse(status: .notModified, headers: headers)
      }
      return HTTPResponse(
        status: .ok, headers: headers, body: .bytes(try await call.service.preview(path: image.path, width: width)))
    }
    let tag = "\"\(image.hash)\""
    headers["ETag"] = tag
    if EntityTag.matches(call.head, tag) { return HTTPResponse(status: .notModified, headers: headers) }
    let size = (try? FileManager.default.attributesOfItem(atPath: image.path)[.size] as? Int) ?? nil
    guard let size else { throw LabelingError.notFound("picture of item \(call.parameters["item"] ?? "")") }
    return HTTPResponse(status: .ok, headers: headers, body: .file(path: image.path, size: size))
  }
}
