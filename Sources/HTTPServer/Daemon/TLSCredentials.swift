import CWinnowMicroHTTPD
import Foundation

/// A certificate and its key, read and found to go together.
struct TLSCredentials {
  private let key: String
  private let certificate: String

  /// TLS 1.2 and 1.3, forward secrecy, authenticated encryption; in GnuTLS's words.
  ///
  /// Left out are what has no forward secrecy (RSA key exchange), costs the server more than its client (finite-field
  /// Diffie-Hellman), or has been broken in parts (CBC modes with their MACs, SHA-1).
  private static let priorities =
    "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-DHE-RSA:-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305"
    + ":+AES-128-GCM:-MAC-ALL:+AEAD:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:-SIGN-RSA-SHA1"
    + ":-SIGN-ECDSA-SHA1:%SERVER_PRECEDENCE"

  /// - Throws: ``ServerError/unreadableTLSFile(path:reason:)`` or ``ServerError/badTLS(certificate:key:reason:)``.
  init(_ files: ServerConfiguration.TLSFiles) throws(ServerError) {
    key = try Self.read(files.key)
    certificate = try Self.read(files.certificate)
    if let fault = winnow_tls_fault(certificate, key) {
      throw .badTLS(certificate: files.certificate, key: files.key, reason: String(cString: fault))
    }
  }

  /// Key, certificate and priorities as C strings, the caller's to free.
  func texts() -> [UnsafeMutablePointer<CChar>] {
    [key, certificate, Self.priorities].compactMap { (text: String) in strdup(text) }
  }

  private static func read(_ path: String) throws(ServerError) -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw .unreadableTLSFile(path: path, reason: error.localizedDescription)
    }
  }
}
