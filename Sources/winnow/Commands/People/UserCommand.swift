import ArgumentParser
import Domain
import Foundation
import Labeling

/// Manages who may sign in; works beside a running server.
struct UserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Make, change and shut out the people who sign in.",
    discussion: "A running server notices within seconds.",
    subcommands: [Add.self, List.self, Link.self, Passwd.self, Disable.self, Enable.self, ChangeRole.self, Remove.self])

  /// Whom a command is about, and how it answers.
  struct Target: ParsableArguments {
    @OptionGroup var data: DataOption

    @Option(name: .long, help: "Their name.")
    var name: String

    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    /// Runs `body` with the account of that name, and prints the account that it gives back.
    func change(_ body: (LabelingService, Account) async throws -> (Account, said: String)) async throws {
      try await with { service, account in
        let (changed, said) = try await body(service, account)
        Terminal.say(json ? changed.json.text() : said)
      }
    }

    func with(_ body: (LabelingService, Account) async throws -> Void) async throws {
      let workspace = try Workspace(existing: data.data, exclusive: false)
      do {
        guard let account = try workspace.service.account(named: name) else {
          throw Failure("There is no user “\(name)”. “winnow user list” shows who there is.")
        }
        try await body(workspace.service, account)
      } catch {
        await workspace.close()
        throw error
      }
      await workspace.close()
    }
  }

  /// Shuts somebody out.
  struct Disable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shut somebody out: password, links, tokens and browsers; what they said stays.")
    @OptionGroup var target: Target

    func run() async throws {
      try await target.change { service, account in
        (
          try await service.changeUser(account.user.id, UserChange(isDisabled: true)),
          "“\(account.user.name)” is shut out; a running server notices within seconds"
        )
      }
    }
  }

  /// Lets somebody in again.
  struct Enable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let somebody in again.")
    @OptionGroup var target: Target

    func run() async throws {
      try await target.change { service, account in
        (
          try await service.changeUser(account.user.id, UserChange(isDisabled: false)),
          "“\(account.user.name)” may sign in again"
        )
      }
    }
  }

  /// Changes what somebody may do.
  struct ChangeRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "role", abstract: "Change what somebody may do; their tokens never allow more.")
    @OptionGroup var target: Target

    @Option(name: .long, help: "annotator, engineer or admin.")
    var role: RoleName

    func run() async throws {
      try await target.change { service, account in
        (
          try await service.changeUser(account.user.id, UserChange(role: role.role)),
          "“\(account.user.name)” is \(role.role.rawValue) now"
        )
      }
    }
  }

  /// Removes somebody.
  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove somebody; who has said something is disabled instead, and what they said stays.")
    @OptionGroup var target: Target

    func run() async throws {
      try await target.with { service, account in
        let kept = try await service.removeUser(account.user.id)
        if target.json {
          Terminal.say(
            JSONValue.object([("removed", .bool(kept == nil)), ("user", kept?.json ?? .null)]).text())
        } else {
          Terminal.say(
            kept == nil
              ? "“\(account.user.name)” is gone"
              : "“\(account.user.name)” has said something, which stays: the account is disabled instead")
        }
      }
    }
  }
}

/// A role as an argument.
struct RoleName: ExpressibleByArgument {
  let role: Role

  init?(argument: String) {
    guard let role = Role(rawValue: argument) else { return nil }
    self.role = role
  }

  static let allValueStrings = Role.allCases.map(\.rawValue)
}

extension Account {
  /// The account for programs.
  var json: JSONValue {
    [
      "id": .string("\(user.id)"), "name": .string(user.name), "role": .string(role.rawValue),
      "has_password": .bool(hasPassword), "disabled": .bool(disabledAt != nil),
      "created_at": .string("\(createdAt)"), "signed_in_at": .optional(signedInAt.map { "\($0)" }),
    ]
  }
}
