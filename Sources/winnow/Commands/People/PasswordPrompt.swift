import Foundation

/// Reads a password from whoever sits at the terminal, or from a program.
enum PasswordPrompt {
  /// - Throws: where two entries differ, or there is none.
  static func read(for name: String) throws -> String {
    guard isatty(0) == 1 else {
      guard let line = readLine(strippingNewline: true), !line.isEmpty else {
        throw Failure("No password came on standard input.")
      }
      return line
    }
    let first = try ask("New password for “\(name)”: ")
    guard try ask("The same once more: ") == first else { throw Failure("The two differ. Nothing was changed.") }
    return first
  }

  private static func ask(_ question: String) throws -> String {
    var before = termios()
    guard tcgetattr(0, &before) == 0 else { throw Failure("The terminal's echo cannot be turned off.") }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    guard tcsetattr(0, TCSAFLUSH, &silent) == 0 else { throw Failure("The terminal's echo cannot be turned off.") }
    // Whoever reads the question may answer: what is typed from here on is neither shown nor thrown away.
    FileHandle.standardError.write(Data(question.utf8))
    defer {
      _ = tcsetattr(0, TCSADRAIN, &before)
      FileHandle.standardError.write(Data("\n".utf8))
    }
    guard let line = readLine(strippingNewline: true), !line.isEmpty else { throw Failure("No password was given.") }
    return line
  }
}
