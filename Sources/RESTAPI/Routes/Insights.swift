import Domain
import HTTPCore
import Labeling

extension Endpoint {
  /// What labels and rounds say when they are looked at together.
  static var insights: [Endpoint] {
    [
      Endpoint(
        method: .get, path: "/projects/{project}/insights",
        summary:
          "Learning curve beside random labelling, data set map, exclusions, calibration, stopping advice, costs",
        tag: "Insights", access: .project(.engineer), deadline: .seconds(300), responseSchema: Schema.insights
      ) { call in
        .json(.raw(try await call.service.insights(in: try call.projectID()).text))
      }
    ]
  }
}
