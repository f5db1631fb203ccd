import Domain
import HTTPCore
import Labeling

extension Endpoint {
  /// Projects.
  static var projects: [Endpoint] {
    [
      Endpoint(
        method: .get, path: "/projects", summary: "The projects that the caller may see", tag: "Projects",
        access: .role(.annotator), query: Schema.paging, responseSchema: Schema.page(Schema.projectGlance)
      ) { call in
        let (limit, cursor) = try call.page()
        let visible = try call.service.projects(visibleTo: try call.principal)
          .filter { $0.project.id.rawValue > cursor ?? 0 }
        let page = visible.prefix(limit)
        return .json([
          "items": .array(page.map(\.glance)),
          "next_cursor": visible.count > limit ? .optional(page.last.map { "\($0.project.id)" }) : .null,
        ])
      },
      Endpoint(
        method: .post, path: "/projects", summary: "Make a project", tag: "Projects", access: .role(.engineer),
        audit: .writes(["project.create"]), body: small, requestSchema: Schema.projectDraft(creating: true),
        status: .created,
        responseSchema: Schema.project, carries: [.entityTag, .location],
        links: [
          .init(method: .get, path: "/projects/{project}", parameters: ["project": "$response.body#/id"]),
          .init(method: .patch, path: "/projects/{project}", parameters: ["project": "$response.body#/id"]),
          .init(method: .delete, path: "/projects/{project}", parameters: ["project": "$response.body#/id"]),
          .init(method: .post, path: "/projects/{project}/items", parameters: ["project": "$response.body#/id"]),
        ]
      ) { call in
        let overview = try await call.service.createProject(try call.json(ProjectDraft.self))
        return .json(
          overview.json, status: .created,
          headers: ["Location": "\(base)/projects/\(overview.project.id)", "ETag": overview.entityTag])
      },
      Endpoint(
        method: .get, path: "/projects/{project}", summary: "A project", tag: "Projects", access: .project(.annotator),
        responseSchema: Schema.project, moreAnswers: [.init(status: .notModified)], carries: [.entityTag],
        heeds: [Schema.ifNoneMatch]
      ) { call in
        let overview = try call.service.project(try call.projectID(), visibleTo: try call.principal)
        return HTTPResponse.json(overview.json).unlessKnown(call.head, tag: overview.entityTag)
      },
      Endpoint(
        method: .patch, path: "/projects/{project}", summary: "Change the members that are given", tag: "Projects",
        access: .project(.engineer), audit: .writes(["project.change"]), body: small,
        requestSchema: Schema.projectDraft(creating: false),
        responseSchema: Schema.project, carries: [.entityTag],
        heeds: [.init(name: "If-Match", schema: Schema.text, summary: "Change only the version with this ETag")],
        problems: [.preconditionFailed]
      ) { call in
        let overview = try await call.service.changeProject(
          try call.projectID(), try call.json(ProjectDraft.self), ifVersion: try version(call))
        return .json(overview.json, headers: ["ETag": overview.entityTag])
      },
      Endpoint(
        method: .delete, path: "/projects/{project}", summary: "Remove a project with everything in it",
        tag: "Projects", access: .project(.admin), audit: .writes(["project.remove"]), status: .noContent
      ) { call in
        try await call.service.deleteProject(try call.projectID())
        return HTTPResponse(status: .noContent)
      },
    ]
  }

  /// The version that `If-Match` names.
  ///
  /// Only the version within the tag counts: labels that came in meanwhile change the project's counts, and are no
  /// reason to refuse a change of its settings.
  private static func version(_ call: Call) throws -> Int64? {
    guard let field = call.head.headers["If-Match"] else { return nil }
    let prefix = "\"\(try call.projectID())-"
    let tags = EntityTag.list(field)
    if tags.contains("*") { return nil }
    let versions = tags.compactMap { tag -> Int64? in
      guard tag.hasPrefix(prefix), tag.hasSuffix("\"") else { return nil }
      return Int64(tag.dropFirst(prefix.count).dropLast().prefix { $0 != "." })
    }
    guard let newest = versions.max() else {
      throw LabelingError.preconditionFailed("If-Match is not an ETag of this project: read it again.")
    }
    return newest
  }

  /// Who may label in a project.
  static var members: [Endpoint] {
    let member = Schema.answer(["id": Schema.text, "name": Schema.text, "new_account": Schema.boolean])
    let listed = Schema.answer([
      "id": Schema.text, "name": Schema.text, "role": Schema.role, "disabled": Schema.boolean,
      "member": Schema.boolean, "labels": Schema.integer, "skips": Schema.integer, "flags": Schema.integer,
      "last_at": Schema.nullable(Schema.time), "held": Schema.integer,
    ])
    return [
      Endpoint(
        method: .get, path: "/projects/{project}/members",
        summary: "Who may label in a project, with what they have answered, when last, and what they hold now",
        tag: "Projects", access: .project(.engineer),
        query: [
          .init(
            name: "others", schema: Schema.boolean,
            summary: "Those too who have answered without being members: engineers, and former members")
        ], responseSchema: Schema.page(listed)
      ) { call in
        let members = try call.service.members(of: try call.projectID(), others: try call.flag("others") ?? false)
        return .json(["items": .array(members.map(PeopleView.json)), "next_cursor": nil])
      },
      Endpoint(
        method: .post, path: "/projects/{project}/members", summary: "Let somebody label in a project, by name",
        tag: "Projects", access: .project(.engineer), audit: .writes(["member.add"]), body: small,
        requestSchema: Schema.object(["name": Schema.text(1...200)], required: ["name"]), status: .created,
        responseSchema: member,
        links: [
          .init(
            method: .delete, path: "/projects/{project}/members/{user}",
            parameters: ["project": "$request.path.project", "user": "$response.body#/id"])
        ]
      ) { call in
        struct Body: Decodable { let name: String }
        let name = try call.json(Body.self, members: ["name"]).name
        if let complaint = LabelingService.complaint(aboutName: name) { throw LabelingError.invalid([complaint]) }
        let (user, isNew) = try await call.service.addMember(named: name, to: try call.projectID())
        return .json(
          ["id": .string("\(user.id)"), "name": .string(user.name), "new_account": .bool(isNew)], status: .created)
      },
      Endpoint(
        method: .delete, path: "/projects/{project}/members/{user}", summary: "End a membership", tag: "Projects",
        access: .project(.engineer), audit: .writes(["member.remove"]), status: .noContent
      ) { call in
        try await call.service.removeMember(try call.id("user"), from: try call.projectID())
        return HTTPResponse(status: .noContent)
      },
    ]
  }
}
