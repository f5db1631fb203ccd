import ArgumentParser
import Domain
import Foundation
import Labeling

/// The option of commands that print a link.
struct LinkOption: ParsableArguments {
  @Option(name: .long, help: "Where people reach the server; the link begins with it.")
  var url = "http://127.0.0.1:8080"

  /// A one-time link: its secret is behind the #, which browsers do not send and servers do not log.
  func address(_ secret: String) -> String { "\(url.hasSuffix("/") ? String(url.dropLast()) : url)/#code=\(secret)" }
}

extension UserCommand {
  /// Makes a user and a link for them.
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a user, and print a one-time link by which they choose a password.")

    @OptionGroup var data: DataOption
    @OptionGroup var link: LinkOption

    @Option(name: .long, help: "Their name, which they sign in with and under which labels are kept.")
    var name: String

    @Option(name: .long, help: "annotator, engineer or admin.")
    var role: RoleName

    @Option(name: .long, help: "A project that an annotator may label in, by name; may be given again.")
    var project: [String] = []

    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    func run() async throws {
      let workspace = try Workspace(path: data.data, exclusive: false)
      do {
        let service = workspace.service
        let projects = try project.map { try workspace.project(named: $0).project.id }
        let account = try await service.createUser(named: name, role: role.role)
        for project in projects { _ = try await service.addMember(named: account.user.name, to: project) }
        let (secret, end) = try await service.makeLink(for: account.user.id)
        if json {
          Terminal.say(
            JSONValue.object([
              ("user", account.json), ("link", .string(link.address(secret))), ("expires_at", .string("\(end)")),
            ]).text())
        } else {
          Terminal.say(link.address(secret))
          Terminal.complain("“\(name)” opens this link once, until \(end), and chooses a password")
        }
      } catch {
        await workspace.close()
        throw error
      }
      await workspace.close()
    }
  }

  /// Shows who there is.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show who there is.")

    @OptionGroup var data: DataOption

    @Flag(name: .long, help: "Print a JSON object a line.")
    var json = false

    func run() async throws {
      let workspace = try Workspace(existing: data.data, exclusive: false)
      var last: UserID?
      while true {
        let page = try workspace.service.accounts(after: last, limit: 1000)
        for account in page {
          if json {
            Terminal.say(account.json.text())
          } else {
            let state = account.disabledAt != nil ? "disabled" : account.hasPassword ? "password" : "no password"
            Terminal.say(
              [
                account.user.name, account.role.rawValue, state,
                account.signedInAt.map { "signed in \($0)" } ?? "never signed in",
              ]
              .joined(separator: "\t"))
          }
        }
        guard let newest = page.last, page.count == 1000 else { break }
        last = newest.user.id
      }
      await workspace.close()
    }
  }

  /// Makes a link.
  struct Link: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a one-time link by which somebody chooses a password; earlier ones end.")

    @OptionGroup var target: Target
    @OptionGroup var link: LinkOption

    func run() async throws {
      try await target.with { service, account in
        let (secret, end) = try await service.makeLink(for: account.user.id)
        Terminal.say(
          target.json
            ? JSONValue.object([("link", .string(link.address(secret))), ("expires_at", .string("\(end)"))]).text()
            : link.address(secret))
      }
    }
  }

  /// Sets a password.
  struct Passwd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Set somebody's password, read from the terminal without an echo, or from standard input.",
      discussion:
        "Their browsers are signed out. A password is never an argument: other users of the machine see those.")

    @OptionGroup var target: Target

    func run() async throws {
      try await target.change { service, account in
        try await service.setPassword(try PasswordPrompt.read(for: account.user.name), of: account.user)
        return (try service.account(account.user.id), "“\(account.user.name)” has a new password")
      }
    }
  }
}
