import Foundation
import Tensors

/// The model files of this project, in the standard safetensors format.
///
/// Tensors: `input.mean` `(d)` and `input.scale` `()`, then for the i-th dense layer `layers.i.weight` `(outputs, inputs)`
/// and `layers.i.bias` `(outputs)`, as PyTorch's `nn.Linear` has them. The network takes `(x - mean) * scale`, applies a
/// rectifier after every layer but the last, and a softmax after that, or sigmoids where `winnow.output` says so. Metadata keys that start with `winnow.` are the
/// file's own; all others are the caller's.
extension TrainedModel {
  private static let format = "winnow-model-1"

  /// The bytes of a model file that carries `metadata` besides the model.
  ///
  /// - Throws: what JSON encoding throws, which for finite settings does not happen.
  public func safetensors(metadata: [String: String] = [:]) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var file = SafeTensors(metadata: metadata.filter { !$0.key.hasPrefix("winnow.") })
    file.metadata["winnow.format"] = Self.format
    file.metadata["winnow.architecture"] = String(decoding: try encoder.encode(architecture), as: UTF8.self)
    file.metadata["winnow.training"] = String(decoding: try encoder.encode(summary), as: UTF8.self)
    if outputKind == .sigmoid { file.metadata["winnow.output"] = outputKind.rawValue }
    file.tensors["input.mean"] = .init(shape: [inputs], values: .float32(scaling.mean))
    file.tensors["input.scale"] = .init(shape: [], values: .float32([scaling.scale]))
    let values = parameters.values
    for (name, shape, range) in network.namedParameters {
      file.tensors[name] = .init(shape: shape, values: .float32(Array(values[range])))
    }
    return try file.encode()
  }

  /// Reads a model file.
  ///
  /// - Throws: ``SafeTensorsError`` where the bytes are no tensor file, ``LearningError/notAModel(_:)`` where they hold
  ///   something else than a model, or one with missing, misshapen or non-finite tensors.
  public init(safetensors bytes: [UInt8]) throws {
    let file = try SafeTensors(decoding: bytes)
    guard let format = file.metadata["winnow.format"] else {
      throw LearningError.notAModel("'winnow.format' is missing")
    }
    guard format == Self.format else {
      throw LearningError.notAModel("its format is '\(format)', not '\(Self.format)'")
    }
    func decode<T: Decodable>(_ type: T.Type, _ key: String) throws -> T {
      do {
        return try JSONDecoder().decode(type, from: Data((file.metadata[key] ?? "").utf8))
      } catch { throw LearningError.notAModel("metadata '\(key)' cannot be read") }
    }
    let architecture = try decode(Architecture.self, "winnow.architecture")
    try architecture.validate()
    let summary = try decode(TrainingSummary.self, "winnow.training")

    guard let outputKind = OutputKind(rawValue: file.metadata["winnow.output"] ?? OutputKind.softmax.rawValue) else {
      throw LearningError.notAModel("metadata 'winnow.output' cannot be read")
    }

    func floats(_ name: String, _ shape: [Int]?) throws -> [Float] {
      guard let tensor = file.tensors[name], let values = tensor.floats else {
        throw LearningError.notAModel("float tensor '\(name)' is missing")
      }
      if let shape, shape != tensor.shape {
        throw LearningError.notAModel("tensor '\(name)' has shape \(tensor.shape), not \(shape)")
      }
      guard values.allSatisfy({ $0.isFinite }) else { throw LearningError.notAModel("tensor '\(name)' is not finite") }
      return values
    }
    let mean = try floats("input.mean", nil)
    let scale = try floats("input.scale", [])
    let biases = file.tensors.keys.filter { $0.hasPrefix("layers.") && $0.hasSuffix(".bias") }
    let classes = try floats("layers.\(max(0, biases.count - 1)).bias", nil).count
    let network = Network(architecture, inputs: mean.count, classes: classes)
    let values = try network.namedParameters.flatMap { try floats($0.name, $0.shape) }
    self.init(
      architecture: architecture, network: network, outputKind: outputKind,
      scaling: InputScaling(mean: mean, scale: scale[0]),
      parameters: Matrix(rows: 1, columns: network.parameterCount, values: values), summary: summary)
    metadata = file.metadata.filter { !$0.key.hasPrefix("winnow.") }
  }
}

extension Network {
  /// The name in a model file, the shape and the place of every parameter array, in the order of memory.
  var namedParameters: [(name: String, shape: [Int], range: Range<Int>)] {
    var result: [(String, [Int], Range<Int>)] = []
    var number = 0
    for (layer, offset) in zip(layers, offsets) where !layer.parameters.isEmpty {
      var next = offset
      for shape in layer.parameters {
        result.append(("layers.\(number).\(shape.name)", shape.shape, next..<next + shape.count))
        next += shape.count
      }
      number += 1
    }
    return result
  }
}
