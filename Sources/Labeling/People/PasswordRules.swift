public import Domain

/// What a password has to be: long, and not what everybody tries first.
///
/// Nothing is asked of its letters (NIST SP 800-63B).
public enum PasswordRules {
  /// How many characters a password has at least.
  public static let shortest = 10
  /// How many bytes a password has at most.
  public static let longest = 1024

  /// What is wrong with a password; `nil` for nothing.
  public static func complaint(about password: String, of name: String, at pointer: String) -> FieldError? {
    guard password.count >= shortest else {
      return FieldError(pointer, "A password has at least \(shortest) characters: a few words make a good one.")
    }
    guard password.utf8.count <= longest else {
      return FieldError(pointer, "A password has at most \(longest) bytes.")
    }
    let folded = password.lowercased()
    let plain = folded.filter { $0.isLetter || $0.isNumber }
    let owner = name.lowercased().filter { $0.isLetter || $0.isNumber }
    if !owner.isEmpty, plain.contains(owner), plain.replacing(owner, with: "").allSatisfy(\.isNumber) {
      return FieldError(pointer, "A password is not one's own name.")
    }
    if Set(folded).count < 4 || common.contains(plain) || isRun(plain) {
      return FieldError(pointer, "This password is among the first that others would try. Choose another.")
    }
    return nil
  }

  /// Whether each character follows the one before, up or down.
  private static func isRun(_ text: String) -> Bool {
    let values = text.unicodeScalars.map { Int($0.value) }
    guard values.count > 2 else { return false }
    let steps = zip(values.dropFirst(), values).map { $0 - $1 }
    return steps.allSatisfy { $0 == 1 || $0 == -9 } || steps.allSatisfy { $0 == -1 || $0 == 9 }
  }

  /// Those of ten characters and more that lists of leaked passwords begin with.
  private static let common: Set<String> = [
    "password12", "password123", "password1234", "passwordpassword", "passw0rd123", "mypassword", "mypassword1",
    "qwertyuiop", "qwertyuiop1", "qwertyuiop123", "qwerty1234", "qwerty12345", "qwerty123456", "qwertyqwerty",
    "1qaz2wsx3edc", "1q2w3e4r5t", "1q2w3e4r5t6y", "q1w2e3r4t5", "q1w2e3r4t5y6", "zaq12wsxcde3", "qazwsxedcrfv",
    "asdfghjkl1", "asdfghjkl123", "zxcvbnm123", "1234512345", "1231231231", "123123123123", "123456789a",
    "123456789q", "a123456789", "abcd123456", "abc1234567", "1234567890a", "0123456789", "1234567891", "12345678910",
    "9876543210", "0987654321", "1029384756", "1122334455", "5555555555", "iloveyou12", "iloveyou123", "iloveyou1234",
    "iloveyouforever", "letmein123", "letmein1234", "welcome123", "welcome1234", "changeme123", "changemenow",
    "administrator", "administrator1", "admin12345", "admin123456", "adminadmin", "superman123", "football123",
    "baseball123", "basketball", "princess123", "sunshine123", "monkey12345", "dragon12345", "master12345",
    "michael123", "jennifer123", "charlie123", "liverpool1", "manchester", "california", "chocolate1", "butterfly1",
    "christopher", "alexander1", "elizabeth1", "correcthorsebatterystaple", "trustno1trustno1", "testtesttest",
    "test123456", "default123", "winnowwinnow", "winnow12345", "winnow1234", "annotator1", "annotation",
  ]
}
