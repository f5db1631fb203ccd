import Foundation
public import HTTPCore

/// How a server listens and what it grants its clients.
public struct ServerConfiguration: Sendable {
  /// A certificate and its key, for HTTPS.
  public struct TLSFiles: Sendable {
    /// The path of the certificate chain, in PEM.
    public var certificate: String
    /// The path of the private key, in PEM.
    public var key: String

    /// Names the files.
    public init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  /// The address to listen on: an IPv4 or IPv6 address, or a host name that resolves to one.
  public var host: String
  /// The port to listen on; 0 takes any free one.
  public var port: UInt16
  /// Threads that serve connections; at least 2, so that one busy handler does not stall everybody.
  public var threads: Int
  /// Connections at once; clients past it wait in the backlog.
  public var connectionLimit: Int
  /// Connections at once from one address, or one /64 of IPv6; those past it are closed at once (`nil`: no limit).
  public var perAddressLimit: Int?
  /// Addresses without such a limit, besides the trusted proxies: behind one of them stand many people.
  public var unlimitedAddresses: [AddressRange]
  /// Proxies that are believed when they say for whom they speak.
  public var trustedProxies: [AddressRange]
  /// What a request's head may hold.
  public var headLimits: HeadLimits
  /// How slow a client may be.
  public var patience: Patience
  /// Header fields of every answer that neither sets them itself nor says that it has all, those that the server gives on its own
  /// among them.
  public var answerHeaders: HTTPHeaders
  /// How long a connection may be silent, in whole seconds of at least 1, before it is closed.
  public var inactivityTimeout: Duration
  /// How long a stop waits for requests that are being answered.
  public var drainTimeout: Duration
  /// Bytes of an unwanted body that are read and dropped, so that the client sees its answer, before the line is cut.
  public var bodyDrainLimit: Int
  /// Bytes of an upload or of a streamed answer held in memory before its writer is held back.
  public var streamBuffer: Int
  /// Bytes per connection for the request's head and the transfer buffers.
  public var memoryPerConnection: Int
  /// The certificate, for HTTPS; `nil` for plain HTTP.
  public var tls: TLSFiles?

  /// As many threads as processors, and at least 2.
  public static var defaultThreads: Int { max(2, ProcessInfo.processInfo.activeProcessorCount) }

  /// Makes a configuration; every default suits one team's server.
  public init(
    host: String = "127.0.0.1", port: UInt16 = 0, threads: Int = Self.defaultThreads,
    connectionLimit: Int = 2000, perAddressLimit: Int? = 512,
    unlimitedAddresses: [AddressRange] = AddressRange.loopback, trustedProxies: [AddressRange] = [],
    headLimits: HeadLimits = HeadLimits(), patience: Patience = Patience(), answerHeaders: HTTPHeaders = [:],
    inactivityTimeout: Duration = .seconds(60),
    drainTimeout: Duration = .seconds(10), bodyDrainLimit: Int = 1 << 20, streamBuffer: Int = 256 << 10,
    memoryPerConnection: Int = 64 << 10, tls: TLSFiles? = nil
  ) {
    self.host = host
    self.port = port
    self.threads = max(2, threads)
    self.connectionLimit = connectionLimit
    self.perAddressLimit = perAddressLimit
    self.unlimitedAddresses = unlimitedAddresses
    self.trustedProxies = trustedProxies
    self.headLimits = headLimits
    self.patience = patience
    self.answerHeaders = answerHeaders
    self.inactivityTimeout = inactivityTimeout
    self.drainTimeout = drainTimeout
    self.bodyDrainLimit = bodyDrainLimit
    self.streamBuffer = streamBuffer
    self.memoryPerConnection = memoryPerConnection
    self.tls = tls
  }
}
