/// What a simulation refuses, with where it is wrong and what to do about it.
public enum SimulationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A data set can't be read, or not used.
  case data(path: String, reason: String)
  /// A parameter lies out of its range, or does not fit the data.
  case parameter(name: String, reason: String)
  /// The folder of results can't be used.
  case folder(path: String, reason: String)
  /// The caller asked to stop; `done` of `runs` runs are kept.
  case cancelled(done: Int, runs: Int)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .data(let path, let reason): "“\(path)” can't be used: \(reason)"
    case .parameter(let name, let reason): "\(name): \(reason)"
    case .folder(let path, let reason): "The folder “\(path)” can't be used: \(reason)"
    case .cancelled(let done, let runs):
      "Cancelled: \(done) of \(runs) runs are done and kept; the same command goes on from there."
    }
  }
}
