import Domain

/// The rule of every operation, by method and path as the route table names them.
///
/// An operation that is missing here fails the test: whoever adds one decides here who may call it.
let accessRules: [String: AccessRule] = [
  // Operations
  "GET /healthz": .open(200),
  "GET /readyz": .open(200),
  "GET /metrics": .open(200, remark: "from elsewhere than the server's own machine for engineers only: MetricsTests"),
  "GET /openapi.json": .open(200),
  "GET /strategies": .role(.annotator, 200),
  // Sessions
  "POST /sessions": .open(401, #"{"token": "wnw_nothing"}"#, remark: "opens a session for valid credentials"),
  "GET /sessions/current": .role(.annotator, 200),
  "DELETE /sessions/current": .role(.annotator, 204),
  "POST /sessions/current/password": .role(
    .annotator, 403, #"{"new_password": "a long enough one"}"#, remark: "for browsers; a token chooses no password"),
  "GET /sessions": .role(.annotator, 200, remark: "one's own; an admin anybody's, and everybody's"),
  "DELETE /sessions": .role(.annotator, 204, remark: "one's own; an admin anybody's"),
  "DELETE /sessions/{session}": .each(
    member: 204, outsider: 404, removed: 404, engineer: 404, admin: 204, remark: "one's own, or any for an admin"),
  // People
  "GET /users": .role(.admin, 200),
  "POST /users": .role(.admin, 201, #"{"name": "Made by {visitor}", "role": "annotator"}"#),
  "GET /users/{user}": .role(.admin, 200),
  "PATCH /users/{user}": .role(.admin, 200, #"{"role": "annotator"}"#),
  "DELETE /users/{user}": .role(.admin, 204, remark: "who has said something is disabled"),
  "POST /users/{user}/link": .role(.admin, 201),
  "GET /tokens": .role(.annotator, 200, remark: "one's own; an admin everybody's"),
  "POST /tokens": .role(.annotator, 201, "{}", remark: "with one's own rights at most; for others as an admin"),
  "DELETE /tokens/{token}": .each(
    member: 204, outsider: 404, removed: 404, engineer: 404, admin: 204, remark: "one's own, or any for an admin"),
  "GET /audit": .role(.admin, 200),
  // Projects
  "GET /projects": .role(.annotator, 200, remark: "annotators: those they are members of"),
  "POST /projects": .role(
    .engineer, 201, #"{"name": "Of {visitor}", "modality": "text", "labels": [{"name": "a"}]}"#),
  "GET /projects/{project}": .project(.annotator, 200),
  "PATCH /projects/{project}": .project(.engineer, 200, #"{"guidelines": "Read twice."}"#),
  "DELETE /projects/{project}": .project(.admin, 204),
  "GET /projects/{project}/members": .project(.engineer, 200),
  "POST /projects/{project}/members": .project(.engineer, 201, #"{"name": "Newcomer"}"#),
  "DELETE /projects/{project}/members/{user}": .project(.engineer, 204),
  // Items
  "POST /projects/{project}/items": .project(.engineer, 200, #"{"items": [{"text": "one more"}]}"#),
  "GET /projects/{project}/items": .project(.engineer, 200),
  "GET /projects/{project}/items/{item}": .project(.engineer, 200),
  "GET /projects/{project}/items/{item}/image": .project(.annotator, 404, saying: "is not an image"),
  "DELETE /projects/{project}/items/{item}": .project(.engineer, 204),
  // Queries
  "POST /projects/{project}/next": .project(.annotator, 200, "{}"),
  "POST /projects/{project}/queries": .project(.engineer, 200, #"{"batch_size": 1}"#),
  "POST /projects/{project}/stream": .project(.engineer, 200, #"{"items": [{"text": "a streamed one"}]}"#),
  "POST /leases/{lease}/renew": .each(
    member: 200, outsider: 404, removed: 409, engineer: 404, admin: 404,
    remark: "one's own only; a removed member's have ended"),
  "DELETE /leases/{lease}": .each(
    member: 204, outsider: 404, removed: 204, engineer: 404, admin: 404,
    remark: "one's own only; giving back what has ended changes nothing"),
  // Annotations
  "POST /projects/{project}/annotations": .project(.annotator, 201, #"{"key": "t2", "labels": ["billing"]}"#),
  "GET /projects/{project}/annotations": .project(.annotator, 200, remark: "annotators: their own"),
  "DELETE /annotations/{annotation}": .each(
    member: 200, outsider: 404, removed: 404, engineer: 403, admin: 200, remark: "one's own, or any for an admin"),
  "PATCH /annotations/{annotation}": .each(
    member: 200, outsider: 404, removed: 404, engineer: 403, admin: 200, #"{"labels": ["outage"]}"#,
    remark: "one's own, or any for an admin"),
  // Consensus
  "GET /projects/{project}/agreement": .project(.engineer, 200),
  "GET /projects/{project}/disagreements": .project(.engineer, 200),
  "GET /projects/{project}/label-errors": .project(.engineer, 200),
  "GET /projects/{project}/adjudications": .project(.engineer, 200),
  "POST /projects/{project}/adjudications": .project(.engineer, 201, #"{"key": "t0", "labels": ["billing"]}"#),
  // Rounds
  "GET /projects/{project}/rounds": .project(.engineer, 200),
  "POST /projects/{project}/rounds": .project(.engineer, 409, saying: "under way already"),
  "GET /projects/{project}/rounds/{round}": .project(.engineer, 200),
  "POST /projects/{project}/rounds/{round}/cancel": .project(.engineer, 202),
  "GET /projects/{project}/rounds/{round}/model": .project(.engineer, 404, saying: "model of round 1"),
  "POST /projects/{project}/predict": .project(
    .engineer, 409, #"{"items": [{"text": "x"}]}"#, saying: "model"),
  "GET /projects/{project}/insights": .project(.engineer, 200),
  // Outliers
  "GET /projects/{project}/excluded": .project(.engineer, 200),
  "GET /projects/{project}/excluded/groups": .project(.engineer, 200),
  "POST /projects/{project}/excluded": .project(.engineer, 422, #"{"items": []}"#, saying: "From 1 to"),
  "POST /projects/{project}/excluded/restore": .project(.engineer, 200, #"{"items": []}"#),
  "POST /projects/{project}/excluded/{item}/restore": .project(.engineer, 200),
  // What an engineer looks at
  "GET /projects/{project}/queue": .project(.engineer, 200),
  "GET /projects/{project}/evaluation": .project(.engineer, 200),
  "GET /projects/{project}/evaluation/items": .project(.engineer, 200),
  "GET /projects/{project}/pool": .project(.engineer, 200),
  "GET /projects/{project}/items/{item}/story": .project(.engineer, 200),
  // Streams and exports
  "GET /projects/{project}/events": .project(.annotator, 200, remark: "annotators are not told who said what"),
  "GET /projects/{project}/export": .project(.engineer, 200),
  "GET /projects/{project}/export/preview": .project(.engineer, 200),
  "POST /backup": .role(.admin, 200),
  "GET /backup": .role(.admin, 200),
]
