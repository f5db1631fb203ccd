internal import CWinnowSodium

/// Random secrets and what is kept of them.
///
/// A secret has 256 random bits, so that its plain SHA-256 can be kept in its stead: nobody can try them all.
public enum Secret {
  static let ready = sodium_init() >= 0

  /// A new secret: a prefix that says what it is, then 43 characters of base64url.
  public static func make(prefix: String) -> String {
    precondition(ready, "libsodium could not be started")
    var bytes = [UInt8](repeating: 0, count: 32)
    randombytes_buf(&bytes, bytes.count)
    return prefix + encoded(bytes)
  }

  /// SHA-256 of bytes.
  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    crypto_hash_sha256(&digest, bytes, UInt64(bytes.count))
    return digest
  }

  /// SHA-256 of a text.
  public static func hash(_ text: String) -> [UInt8] { hash(Array(text.utf8)) }

  /// A token bound to a secret for another purpose: the keyed BLAKE2b of the purpose.
  public static func derive(_ purpose: String, from secret: String) -> String {
    let key = hash(secret)
    let message = Array(purpose.utf8)
    var digest = [UInt8](repeating: 0, count: 32)
    crypto_generichash(&digest, digest.count, message, UInt64(message.count), key, key.count)
    return encoded(digest)
  }

  /// Whether two texts are equal, in a time that says nothing about where they differ.
  public static func areEqual(_ left: String, _ right: String) -> Bool {
    let (a, b) = (hash(left), hash(right))
    return sodium_memcmp(a, b, a.count) == 0
  }

  /// Lower-case hexadecimal.
  public static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func encoded(_ bytes: [UInt8]) -> String {
    let variant = Int32(sodium_base64_VARIANT_URLSAFE_NO_PADDING)
    var text = [CChar](repeating: 0, count: sodium_base64_encoded_len(bytes.count, variant))
    sodium_bin2base64(&text, text.count, bytes, bytes.count, variant)
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
