import Labeling

/// Lets the first administrator of a new data folder in.
enum FirstAdmin {
  /// Prints a one-time link where nobody has ever been able to run this server.
  ///
  /// On standard output alone: the log, which others may read, never holds it.
  static func welcome(_ service: LabelingService, address: String) async throws {
    guard let admin = try await service.firstAdmin() else { return }
    Terminal.say("")
    Terminal.say(
      "  Nobody runs this server yet. Open this link once, within a day, and choose a password as “\(admin.name)”:")
    Terminal.say("")
    Terminal.say("  \(address)/#code=\(admin.secret)")
    Terminal.say("")
  }
}
