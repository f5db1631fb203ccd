public import Logging

/// The request that the present task works for.
///
/// Whatever is logged below a handler carries its identifier, without anybody handing it down.
public enum RequestScope {
  /// The identifier; `nil` outside any request.
  @TaskLocal public static var id: String?

  /// Adds the identifier to every line that is logged for a request.
  public static let metadata = Logger.MetadataProvider {
    id.map { ["request": .string($0)] } ?? [:]
  }
}
