import Domain
import Testing

@testable import Labeling

@Suite struct PasswordTests {
  @Test(arguments: [
    "short", "123456789", "password123", "Password-123", "1234567890", "abcdefghijklm", "aaaaaaaaaaaa", "qwertyuiop",
    "ada.lovelace", "AdaLovelace1815", "Administrator", "abababababab", "9876543210",
  ])
  func whatOthersTryFirstIsRefused(password: String) {
    #expect(PasswordRules.complaint(about: password, of: "Ada Lovelace", at: "/p")?.pointer == "/p")
  }

  @Test(arguments: [
    "three blind mice", "ngwe7zkq0p", "ein schöner Tag", "пароль из слов", "Ada Lovelace likes tea", "🐢🦊🦉🐙🐳🐝🦀🐌🐿🦔",
  ])
  func wordsAndAnyLettersWillDo(password: String) {
    #expect(PasswordRules.complaint(about: password, of: "Ada Lovelace", at: "/p") == nil)
  }

  @Test func lengthIsBounded() {
    let long = String(repeating: "abcdefgh", count: 128)
    #expect(PasswordRules.complaint(about: long, of: "x", at: "") == nil)
    #expect(PasswordRules.complaint(about: long + "a", of: "x", at: "") != nil)
  }

  @Test func hashesAreSaltedArgon2idAndFitTheirPasswordAlone() async throws {
    let hasher = PasswordHasher(cost: .least)
    defer { hasher.stop() }
    let (first, second) = (try await hasher.hash("three blind mice"), try await hasher.hash("three blind mice"))
    #expect(first.hasPrefix("$argon2id$v=19$") && first != second)
    #expect(try await hasher.verify("three blind mice", against: first).fits)
    #expect(try await !hasher.verify("three blind mic", against: first).fits)
    #expect(try await !hasher.verify("", against: first).fits)
    // However a keyboard composes it.
    let composed = try await hasher.hash("caf\u{E9} au lait")
    #expect(try await hasher.verify("cafe\u{301} au lait", against: composed).fits)
  }

  @Test func theShippedCostIsAtLeastWhatIsRecommended() async throws {
    // OWASP's least is 19 MiB with two passes.
    let hasher = PasswordHasher(cost: .interactive)
    defer { hasher.stop() }
    let hash = try await hasher.hash("three blind mice")
    let parameters = hash.split(separator: "$")[2].split(separator: ",").compactMap { Int($0.dropFirst(2)) }
    #expect(parameters[0] >= 19 * 1024 && parameters[1] >= 2, "\(hash.prefix(40))")
  }

  @Test func aNameWithoutAPasswordCostsTheSameAndNeverFits() async throws {
    let hasher = PasswordHasher(cost: .least)
    defer { hasher.stop() }
    _ = try await hasher.verify("warm up", against: nil)
    let hash = try await hasher.hash("three blind mice")
    let before = hasher.count
    #expect(try await !hasher.verify("three blind mice", against: nil).fits)
    #expect(hasher.count == before + 1)
    _ = try await hasher.verify("three blind mice", against: hash)
    #expect(hasher.count == before + 2)
  }

  @Test func aChangedCostIsNoticed() async throws {
    let (cheap, dear) = (PasswordHasher(cost: .least), PasswordHasher(cost: .interactive))
    defer {
      cheap.stop()
      dear.stop()
    }
    let hash = try await cheap.hash("three blind mice")
    #expect(try await !cheap.verify("three blind mice", against: hash).isOutdated)
    let verdict = try await dear.verify("three blind mice", against: hash)
    #expect(verdict.fits && verdict.isOutdated)
  }

  @Test func aFloodIsTurnedAway() async throws {
    let hasher = PasswordHasher(cost: .least)
    defer { hasher.stop() }
    let outcomes = await withTaskGroup(of: Bool?.self) { group in
      for _ in 0..<2000 {
        group.addTask {
          do { return try await hasher.verify("x", against: nil).fits } catch LabelingError.unavailable {
            return nil
          } catch {
            return true
          }
        }
      }
      return await group.reduce(into: [Bool?]()) { $0.append($1) }
    }
    #expect(!outcomes.contains(true))
    #expect(outcomes.contains(false))
    // Afterwards there is room again.
    #expect(try await !hasher.verify("x", against: nil).fits)
  }
}
