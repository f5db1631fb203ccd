public import HTTPCore

/// Header fields that tell browsers what not to do with an answer.
public enum SecurityHeaders {
  /// Those of every answer: it is what its type says, stands in no frame, belongs to no other site's page, and tells nobody
  /// where its reader came from.
  public static let common: HTTPHeaders = [
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
  ]

  /// A page may load only what this server serves; item texts reach it as data, and never as markup.
  static let page =
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

  /// What people have uploaded: even if a browser took it for a document, nothing in it would run.
  static let upload = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"

  /// Those of scripts and style sheets: the others are about documents and do nothing here, but a page loads some forty such
  /// files, and a third of what was transferred were these fields.
  static let part = HTTPHeaders(
    fields: common.fields.filter { ["X-Content-Type-Options", "Cross-Origin-Resource-Policy"].contains($0.name) })

  /// Whether an answer is a part of a page that is never a document: browsers show it as plain text where somebody opens it.
  static func isPart(_ response: HTTPResponse) -> Bool {
    let type = response.headers["Content-Type"] ?? ""
    return response.status.code < 400 && (type.hasPrefix("text/javascript") || type.hasPrefix("text/css"))
  }

  /// Adds what is missing: an answer says itself where it differs.
  ///
  /// What nobody says may be kept is not kept: answers are for the one who asked. The demand for TLS goes to clients that
  /// have it, for over plain HTTP anybody could have written it.
  static func complete(_ response: inout HTTPResponse, isSecure: Bool) {
    response.hasAllFields = isPart(response)
    for field in (response.hasAllFields ? part : common).fields where !response.headers.contains(field.name) {
      response.headers.add(name: field.name, value: field.value)
    }
    if !response.headers.contains("Cache-Control") { response.headers.add(name: "Cache-Control", value: "no-store") }
    if isSecure { response.headers["Strict-Transport-Security"] = "max-age=31536000" }
  }
}
