import Foundation
import Testing

/// Runs a reader on many bad inputs.
///
/// A few thousand in every test run. `WINNOW_FUZZ_SECONDS` goes on for so long, `WINNOW_FUZZ_SEED` begins elsewhere, and
/// `WINNOW_FUZZ_KEEP` names a folder where the input under way is kept, so that it is there after a crash.
enum Fuzz {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seed = environment["WINNOW_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
  private static let seconds = environment["WINNOW_FUZZ_SECONDS"].flatMap(Double.init)
  private static let iterations = environment["WINNOW_FUZZ_ITERATIONS"].flatMap(Int.init) ?? 1500
  private static let keep = environment["WINNOW_FUZZ_KEEP"]

  /// - Parameter check: reads an input and says what is wrong with how that went; `nil` where nothing is.
  static func run(
    _ name: String, _ mutator: Mutator, _ check: ([UInt8], inout SplitMix64) throws -> String?
  ) throws {
    var (count, failures) = (0, 0)
    let end = seconds.map { ContinuousClock.now + .seconds($0) }
    while end.map({ ContinuousClock.now < $0 }) ?? (count < iterations) {
      // Every input has a seed of its own: it can be made again without those before it.
      let own = seed &* 0x1_0000_0000 &+ UInt64(count)
      var random = SplitMix64(seed: own)
      let bytes = mutator.input(&random)
      if let keep { try Data(bytes).write(to: URL(filePath: "\(keep)/\(name)")) }
      count += 1
      if let fault = try check(bytes, &random) {
        failures += 1
        Issue.record("\(name), input \(count - 1) of seed \(seed): \(fault)\n\(Data(bytes).base64EncodedString())")
        if failures >= 5 { break }
      }
    }
    if seconds != nil { print("fuzz: \(name): \(count) inputs, \(failures) failures") }
  }

  /// What is wrong where a result depends on how the bytes came.
  static func compare(_ whole: String, _ pieces: String) -> String? {
    whole == pieces ? nil : "whole: \(whole.prefix(500))\nin pieces: \(pieces.prefix(500))"
  }
}
