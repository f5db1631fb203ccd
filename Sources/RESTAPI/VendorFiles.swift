import HTTPCore
import HTTPServer

/// Scripts of the system's packages that pages use, from where the package manager puts them.
///
/// The list is fixed: a path names one of its entries or nothing, and never a file.
struct VendorFiles: Sendable {
  /// A script that pages may ask for.
  private struct Script: Sendable {
    let name: String
    let files: StaticFiles
    let file: String
  }

  private let scripts: [Script]

  /// - Parameter root: where the system keeps scripts for browsers.
  init(root: String = "/usr/share/javascript") {
    scripts = [Script(name: "chart.js", files: StaticFiles(root: root + "/chart.js"), file: "chart.min.js")]
  }

  /// Answers below `/vendor`; `nil` for what is no script of the list.
  ///
  /// Where the package is missing an empty script stands in, so that pages show tables without an error in the console.
  func response(for head: RequestHead) -> HTTPResponse? {
    guard head.path.count == 2, head.path[0] == "vendor", let script = scripts.first(where: { $0.name == head.path[1] })
    else { return nil }
    if let found = script.files.response(for: head, path: [script.file]) { return found }
    guard head.method == .get || head.method == .head else {
      return .methodNotAllowed(head.method, allow: [.get, .head, .options])
    }
    return HTTPResponse(
      status: .ok, headers: ["Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache"],
      body: .bytes(Array("// The package that holds this script is not installed on the server.\n".utf8)))
  }
}
