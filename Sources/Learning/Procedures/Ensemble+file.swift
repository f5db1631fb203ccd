/// Ensembles in one safetensors file: each member's tensors and metadata under `members.i.`.
extension Ensemble {
  private static let format = "winnow-ensemble-1"

  /// The bytes of a file that holds all members, and `metadata` besides them.
  ///
  /// - Throws: what JSON encoding throws, which for finite settings does not happen.
  public func safetensors(metadata: [String: String] = [:]) throws -> [UInt8] {
    var file = SafeTensors(metadata: metadata.filter { !$0.key.hasPrefix("winnow.") && !$0.key.hasPrefix("members.") })
    file.metadata["winnow.format"] = Self.format
    file.metadata["winnow.members"] = String(members.count)
    for (index, member) in members.enumerated() {
      let own = try SafeTensors(decoding: member.safetensors())
      for (name, tensor) in own.tensors { file.tensors["members.\(index).\(name)"] = tensor }
      for (name, text) in own.metadata { file.metadata["members.\(index).\(name)"] = text }
    }
    return try file.encode()
  }

  /// Reads a file of an ensemble.
  ///
  /// - Throws: ``SafeTensorsError`` where the bytes are no tensor file, ``LearningError/notAModel(_:)`` where they hold
  ///   something else than an ensemble, or one with members that are broken or do not fit together.
  public init(safetensors bytes: [UInt8]) throws {
    let file = try SafeTensors(decoding: bytes)
    guard file.metadata["winnow.format"] == Self.format else {
      throw LearningError.notAModel("its format is '\(file.metadata["winnow.format"] ?? "")', not '\(Self.format)'")
    }
    guard let count = file.metadata["winnow.members"].flatMap({ Int($0) }), (1...10_000).contains(count) else {
      throw LearningError.notAModel("metadata 'winnow.members' cannot be read")
    }
    let members = try (0..<count).map { index in
      let prefix = "members.\(index)."
      func own<Value>(_ all: [String: Value]) -> [String: Value] {
        var result: [String: Value] = [:]
        for (name, value) in all where name.hasPrefix(prefix) { result[String(name.dropFirst(prefix.count))] = value }
        return result
      }
      return try TrainedModel(
        safetensors: SafeTensors(tensors: own(file.tensors), metadata: own(file.metadata)).encode())
    }
    do {
      try self.init(members: members)
    } catch { throw LearningError.notAModel(error.description) }
  }
}
