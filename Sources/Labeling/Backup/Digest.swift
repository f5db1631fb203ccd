internal import CWinnowSodium

/// SHA-256 of bytes that come piece by piece.
struct Digest {
  private var state = crypto_hash_sha256_state()

  init() { crypto_hash_sha256_init(&state) }

  mutating func update(_ bytes: some Collection<UInt8>) {
    if bytes.withContiguousStorageIfAvailable({ crypto_hash_sha256_update(&state, $0.baseAddress, UInt64($0.count)) })
      == nil
    {
      let copy = Array(bytes)
      crypto_hash_sha256_update(&state, copy, UInt64(copy.count))
    }
  }

  /// Lower-case hexadecimal of the sum of all bytes so far.
  func hexadecimal() -> String {
    var state = state
    var sum = [UInt8](repeating: 0, count: 32)
    crypto_hash_sha256_final(&state, &sum)
    return Secret.hexadecimal(sum)
  }
}
