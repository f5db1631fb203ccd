import Learning

/// The networks of a round in one safetensors file: a model's, or an ensemble's.
enum ModelFile {
  /// The bytes of a file that carries `metadata` besides the networks.
  static func encode(_ members: [TrainedModel], metadata: [String: String]) throws -> [UInt8] {
    members.count == 1
      ? try members[0].safetensors(metadata: metadata) : try Ensemble(members: members).safetensors(metadata: metadata)
  }

  /// Reads the networks and what the file says besides them.
  ///
  /// - Throws: `SafeTensorsError` or `LearningError` where the bytes are no such file.
  static func decode(_ bytes: [UInt8]) throws -> (members: [TrainedModel], metadata: [String: String]) {
    let metadata = try SafeTensors(decoding: bytes).metadata
    guard metadata["winnow.members"] != nil else {
      let model = try TrainedModel(safetensors: bytes)
      return ([model], model.metadata)
    }
    return (try Ensemble(safetensors: bytes).members, metadata)
  }
}
