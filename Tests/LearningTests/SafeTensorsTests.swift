import Foundation
import Learning
import Tensors
import Testing

@Suite struct SafeTensorsTests {
  static let sample = SafeTensors(
    tensors: [
      "b": .init(shape: [2, 2], values: .float32([1, -2.5, .pi, 0])),
      "a": .init(shape: [3], values: .int64([1, -7, .max])),
      "scalar": .init(shape: [], values: .float32([4])),
      "empty": .init(shape: [0, 3], values: .float32([])),
    ], metadata: ["note": "é \"quoted\" / slash"])

  @Test("What is written is read back, and equal contents give equal bytes")
  func roundTrip() throws {
    let bytes = try Self.sample.encode()
    #expect(try SafeTensors(decoding: bytes) == Self.sample)
    #expect(try Self.sample.encode() == bytes)
    #expect(try SafeTensors(decoding: SafeTensors().encode()) == SafeTensors())
  }

  @Test("A file cut anywhere is refused")
  func truncated() throws {
    let bytes = try Self.sample.encode()
    for length in 0..<bytes.count {
      #expect(throws: SafeTensorsError.self) { try SafeTensors(decoding: Array(bytes[..<length])) }
    }
    #expect(throws: SafeTensorsError.trailingBytes(1)) { try SafeTensors(decoding: bytes + [0]) }
  }

  @Test(
    "Headers that lie are refused",
    arguments: [
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
        6
      ),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0),
      (#"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}"#, 4),
      (#"{"a":3}"#, 0), ("not json", 0), ("", 0),
    ])
  func lyingHeaders(json: String, dataBytes: Int) {
    var bytes = withUnsafeBytes(of: UInt64(json.utf8.count).littleEndian) { Array($0) }
    bytes += Array(json.utf8) + [UInt8](repeating: 0, count: dataBytes)
    #expect(throws: SafeTensorsError.self) { try SafeTensors(decoding: bytes) }
  }

  @Test("A header longer than the format allows is refused before anything is read")
  func hugeHeader() {
    let bytes = [UInt8](repeating: 0xFF, count: 16)
    #expect(throws: SafeTensorsError.headerTooLong(.max)) { try SafeTensors(decoding: bytes) }
  }

  @Test("A model that is written and read back predicts the same, bit for bit", arguments: ["linear", "perceptron"])
  func modelRoundTrip(kind: String) throws {
    let set = Fixtures.blobs(rows: 90, inputs: 6, classes: 3, seed: 1, scale: 30, shift: 7)
    let architecture = kind == "linear" ? Architecture.linear : .perceptron(hidden: [8, 5], dropout: 0.25)
    let model = try train(set, TrainingConfiguration(architecture: architecture, epochs: 5))
    let read = try TrainedModel(safetensors: model.safetensors(metadata: ["round": "4", "winnow.format": "fake"]))
    #expect(read.architecture == architecture)
    #expect(read.metadata == ["round": "4"])
    #expect(read.epochsRun == model.epochsRun && read.finalLoss == model.finalLoss)
    #expect(read.trainingFLOPs == model.trainingFLOPs && read.parameterCount == model.parameterCount)
    #expect(try read.probabilities(of: set.features.view) == model.probabilities(of: set.features.view))
    #expect(
      try read.committee(of: set.features.view, passes: 3, seed: 2).values
        == model.committee(of: set.features.view, passes: 3, seed: 2).values)
  }

  @Test("Files that are no models are refused with the reason")
  func notModels() throws {
    let set = Fixtures.blobs(rows: 20, inputs: 6, classes: 2, seed: 1)
    let good = try SafeTensors(decoding: train(set, TrainingConfiguration(architecture: .linear)).safetensors())
    func failure(_ change: (inout SafeTensors) -> Void) -> LearningError? {
      var file = good
      change(&file)
      do {
        _ = try TrainedModel(safetensors: file.encode())
        return nil
      } catch { return error as? LearningError }
    }
    #expect(failure { _ in } == nil)
    #expect(failure { $0.metadata["winnow.format"] = nil } != nil)
    #expect(failure { $0.metadata["winnow.architecture"] = "{}" } != nil)
    #expect(failure { $0.tensors["input.mean"] = nil } != nil)
    #expect(failure { $0.tensors["layers.0.bias"] = nil } != nil)
    #expect(
      failure { $0.tensors["layers.0.weight"] = .init(shape: [12], values: .float32([Float](repeating: 0, count: 12))) }
        != nil)
    #expect(failure { $0.tensors["input.scale"] = .init(shape: [], values: .float32([.nan])) } != nil)
  }

  @Test(
    "Python's safetensors reads a model file", .enabled(if: PythonReference.hasSafetensors, "Python has no safetensors")
  )
  func python() throws {
    let set = Fixtures.blobs(rows: 20, inputs: 6, classes: 2, seed: 1)
    let model = try train(set, TrainingConfiguration(architecture: .perceptron(hidden: [3], dropout: 0.5)))
    let file = FileManager.default.temporaryDirectory.appending(path: "winnow-\(UUID().uuidString).safetensors")
    try Data(model.safetensors(metadata: ["round": "1"])).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let script = """
      import sys, numpy as np
      from safetensors import safe_open
      f = safe_open(sys.argv[1], framework="np")
      t = {k: f.get_tensor(k) for k in f.keys()}
      x = (np.ones(6, np.float32) - t["input.mean"]) * t["input.scale"]
      h = np.maximum(0, t["layers.0.weight"] @ x + t["layers.0.bias"])
      z = t["layers.1.weight"] @ h + t["layers.1.bias"]
      p = np.exp(z - z.max()); p /= p.sum()
      print(f.metadata()["round"], float(p[0]))
      """
    let words = try Fixtures.output(of: PythonReference.interpreter, ["-c", script, file.path]).split(
      whereSeparator: \.isWhitespace)
    #expect(words.first == "1")
    let expected = try model.probabilities(of: Matrix(rows: 1, columns: 6, repeating: 1).view)[0, 0]
    let printed = try #require(words.last.flatMap { Float($0) })
    #expect(abs(printed - expected) < 1e-5)
  }
}
