import Learning
import Storage

/// The networks of a round in one safetensors file.
///
/// A single network is a model file as `TrainedModel` writes it. Of an ensemble every tensor's name, and the model's own
/// metadata, begin with `members.i.`, so that each network can be taken out again; the caller's metadata stand once.
enum ModelFile {
  private static let own = "winnow."
  private static let count = "winnow.members"

  private static func prefix(_ member: Int) -> String { "members.\(member)." }

  /// The bytes of a file.
  static func encode(_ members: [TrainedModel], metadata: [String: String]) throws -> [UInt8] {
    if members.count == 1 { return try members[0].safetensors(metadata: metadata) }
    var file = SafeTensors(metadata: metadata)
    file.metadata[count] = "\(members.count)"
    for (index, member) in members.enumerated() {
      let part = try SafeTensors(decoding: member.safetensors())
      for (name, tensor) in part.tensors { file.tensors[prefix(index) + name] = tensor }
      for (key, value) in part.metadata where key.hasPrefix(own) { file.metadata[prefix(index) + key] = value }
    }
    return try file.encode()
  }

  /// Reads the networks and the caller's metadata.
  ///
  /// - Throws: `SafeTensorsError` or `LearningError` where the bytes are no such file.
  static func decode(_ bytes: [UInt8]) throws -> (members: [TrainedModel], metadata: [String: String]) {
    let file = try SafeTensors(decoding: bytes)
    guard let members = file.metadata[count].flatMap({ Int($0) }) else {
      let model = try TrainedModel(safetensors: bytes)
      return ([model], model.metadata)
    }
    guard (2...1000).contains(members) else { throw LearningError.notAModel("it has \(members) members") }
    let models = try (0..<members).map { index in
      let prefix = prefix(index)
      var part = SafeTensors()
      for (name, tensor) in file.tensors where name.hasPrefix(prefix) {
        part.tensors[String(name.dropFirst(prefix.count))] = tensor
      }
      for (key, value) in file.metadata where key.hasPrefix(prefix) {
        part.metadata[String(key.dropFirst(prefix.count))] = value
      }
      return try TrainedModel(safetensors: part.encode())
    }
    let metadata = file.metadata.filter { !$0.key.hasPrefix(own) && !$0.key.hasPrefix("members.") }
    return (models, metadata)
  }
}
