import ArgumentParser
import Domain
import Foundation
import Labeling

/// Manages bearer tokens; works beside a running server.
struct Token: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make and end the tokens that people and programs sign in with.", subcommands: [Create.self, Revoke.self])

  /// Makes a token and prints it alone.
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a token and print it alone; only its hash is kept, so it is shown once.")

    @OptionGroup var data: DataOption

    @Option(name: .long, help: "annotator, engineer or admin.")
    var role: String

    @Option(name: .long, help: "Whose token it is; labels are kept under this name.")
    var name: String

    @Option(name: .long, help: "A project that an annotator may label in, by name; may be given again.")
    var project: [String] = []

    @Option(name: .long, help: "Days until it ends by itself; without this it does not.")
    var days: Int?

    func validate() throws {
      guard Role(rawValue: role) != nil else {
        throw ValidationError("“\(role)” is not a role: annotator, engineer or admin.")
      }
      guard (1...200).contains(name.utf8.count) else { throw ValidationError("A name has 1 to 200 bytes.") }
      if let days, !(1...36_500).contains(days) { throw ValidationError("--days is from 1 to 36500.") }
    }

    func run() async throws {
      let workspace = try Workspace(path: data.data, exclusive: false)
      let projects = try project.map { try workspace.project(named: $0).project.id }
      let secret = try await workspace.service.createToken(
        name: name, role: Role(rawValue: role) ?? .annotator, projects: projects, lifetime: days.map { $0 * 86_400 })
      await workspace.close()
      Terminal.say(secret)
    }
  }

  /// Ends all tokens of somebody.
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "End every token of somebody, and their browsers' sign-ins.")

    @OptionGroup var data: DataOption

    @Option(name: .long, help: "Whose tokens end.")
    var name: String

    func run() async throws {
      let workspace = try Workspace(existing: data.data, exclusive: false)
      let count = try await workspace.service.revokeTokens(ofUserNamed: name)
      await workspace.close()
      guard count > 0 else { throw Failure("“\(name)” has no token.") }
      Terminal.say("\(count) ended; a running server notices within seconds")
    }
  }
}
