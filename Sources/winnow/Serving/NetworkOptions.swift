import ArgumentParser
import Foundation
import HTTPCore
import HTTPServer
import RESTAPI

/// The options of a server that say how it meets the network.
struct NetworkOptions: ParsableArguments {
  @Option(
    name: [.customLong("tls-cert"), .customLong("tls-certificate")],
    help: "The TLS certificate, followed by its issuers', as PEM.")
  var tlsCert: String?

  @Option(name: .long, help: "The key of the certificate, as PEM.")
  var tlsKey: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A reverse proxy that is believed when it says for whom it speaks (X-Forwarded-For, -Proto, -Host, or Forwarded); may be repeated.",
      valueName: "address|cidr"),
    transform: NetworkOptions.range)
  var trustedProxy: [AddressRange] = []

  @Option(name: .long, help: "Connections at once.")
  var connections = 2000

  @Option(
    name: .long,
    help: "Connections at once from one address, this machine and trusted proxies excepted; 0 for no such limit.")
  var connectionsPerAddress = 512

  @Option(
    name: .long,
    help: "Requests a second that one token may send in the long run, and twice as many at once; 0 for no limits.")
  var rateLimit = 1000.0

  func validate() throws {
    guard (tlsCert == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-cert and --tls-key belong together.")
    }
    guard connections > 0 else { throw ValidationError("--connections is at least 1.") }
    guard connectionsPerAddress >= 0 else { throw ValidationError("--connections-per-address is not negative.") }
    guard rateLimit >= 0, rateLimit <= 1_000_000 else {
      throw ValidationError("--rate-limit lies between 0 and 1000000.")
    }
  }

  @Sendable static func range(_ text: String) throws -> AddressRange {
    guard let range = AddressRange(text) else {
      throw ValidationError("“\(text)” is neither an address nor a range of them such as 10.0.0.0/8.")
    }
    return range
  }

  /// The certificate and its key; `nil` for plain HTTP.
  var tls: ServerConfiguration.TLSFiles? {
    tlsCert.flatMap { certificate in tlsKey.map { .init(certificate: certificate, key: $0) } }
  }

  /// What the API grants.
  var limits: APILimits {
    APILimits(rates: rateLimit == 0 ? .none : RateLimits(token: Rate(perSecond: rateLimit)))
  }

  /// How the server listens.
  func configuration(host: String, port: UInt16) -> ServerConfiguration {
    ServerConfiguration(
      host: host, port: port, connectionLimit: connections,
      perAddressLimit: connectionsPerAddress == 0 ? nil : connectionsPerAddress, trustedProxies: trustedProxy,
      answerHeaders: SecurityHeaders.common, tls: tls)
  }

  /// Lets the process have a file for each connection, and for what else it opens: the usual limit is far lower.
  ///
  /// - Returns: `false` where the system grants fewer.
  func reserveFiles() -> Bool {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return false }
    let wanted = rlim_t(connections + 512)
    if limit.rlim_cur < wanted {
      limit.rlim_cur = min(wanted, limit.rlim_max)
      guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return false }
    }
    return limit.rlim_cur >= wanted
  }
}
