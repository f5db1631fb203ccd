import Features
import Foundation
import Tensors

/// What tells the results of a run apart from those of any other: the data, every parameter that matters, the seed.
///
/// The number of seeds, and which other strategies are simulated beside it, don't matter to a run: asking for more of
/// either keeps what is done.
struct RunKey: Codable, Sendable, Hashable {
  /// A hash of the data and of the parameters.
  let setting: String
  let strategy: String
  let seed: Int

  /// Counts up whenever a run of equal parameters would give other results than before, so that those are not kept.
  private static let revision: UInt64 = 2

  /// The hash that runs of the same data under the same parameters share.
  static func setting(data: LabelledItems, test: LabelledItems?, parameters: SimulationParameters) throws -> String {
    var hash = ContentHash()
    hash.add(revision)
    var shared = parameters
    shared.strategies = []
    shared.seeds = 0
    shared.measuresCeiling = false
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    hash.add(try encoder.encode(shared))
    for items in [data, test].compactMap(\.self) { hash.add(items) }
    return hash.text
  }
}

/// A hash of 64 bits (FNV-1a), for telling inputs apart by accident, not against forgery.
struct ContentHash {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  var text: String { String(state, radix: 16) }

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  mutating func add(_ word: UInt64) { state = (state ^ word) &* 0x100_0000_01B3 &+ (state &>> 29) }

  mutating func add(_ items: LabelledItems) {
    for name in items.classNames { add((name + "\n").utf8) }
    for label in items.labels { add(UInt64(label)) }
    switch items.content {
    case .numbers(let matrix, let shape):
      add(UInt64(shape?.height ?? 0))
      matrix.withUnsafeBufferPointer { for value in $0 { add(UInt64(value.bitPattern)) } }
    case .raw(let raw):
      for item in raw {
        switch item {
        case .text(let text): add(text.utf8)
        case .image(let bytes): add(bytes)
        case .vector(let numbers): for number in numbers { add(UInt64(number.bitPattern)) }
        }
        add(0)
      }
    }
  }
}
