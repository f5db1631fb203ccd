import Tensors

/// Whose units a dropout pass drops.
public enum DropoutMasks: String, Codable, Sendable, CaseIterable {
  /// One set of units for all rows of a pass: consistent members, as BatchBALD needs them, and the faster way.
  case shared
  /// Units of its own for every row of every pass.
  case perRow
}

/// Dropout passes for networks of any layers, with masks shared by all rows or for each row.
///
/// What lies before the first dropout is computed once.
struct MaskedCommittee: CommitteePlan {
  let inference: Inference
  let passes: Int
  /// Layers before the first dropout.
  private let shared: Int
  private let seed: UInt64
  private let masks: DropoutMasks

  /// Nil where nothing is dropped.
  init?(_ inference: Inference, passes: Int, seed: UInt64, masks: DropoutMasks) {
    guard passes >= 1, let first = inference.network.layers.firstIndex(where: { $0.isStochastic }) else { return nil }
    self.inference = inference
    self.passes = passes
    self.seed = seed
    self.masks = masks
    shared = first
  }

  func logits(_ x: MatrixView, ids: RowIDs, into target: UnsafeMutablePointer<Float>) {
    let (layers, classes) = (inference.network.layers, inference.network.classes)
    let widest = layers[shared...].map { max($0.inputs, $0.outputs) }.max() ?? classes
    let width = layers[shared].inputs
    withUnsafeTemporaryAllocation(of: Float.self, capacity: x.rows * (width + 2 * widest)) { scratch in
      guard let base = scratch.baseAddress else { return }
      let (masked, output) = (base + x.rows * width, base + x.rows * (width + widest))
      inference.run(x, layers: shared, into: base)
      for pass in 0..<passes {
        var input = base
        var index = shared
        while index < layers.count {
          if let dropout = layers[index] as? DropoutLayer {
            drop(dropout, index, pass, ids, rows: x.rows, input, into: masked)
            input = masked
            index += 1
          } else {
            let end = layers[index...].firstIndex { $0.isStochastic } ?? layers.count
            let view = MatrixView(base: input, rows: x.rows, columns: layers[index].inputs, owner: nil)
            inference.run(scaled: view, layers: index..<end, into: output)
            input = output
            index = end
          }
        }
        transpose(input, rows: x.rows, columns: classes, into: target + pass * classes * x.rows)
      }
    }
  }

  private func drop(
    _ layer: DropoutLayer, _ index: Int, _ pass: Int, _ ids: RowIDs, rows: Int, _ input: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>
  ) {
    let width = layer.inputs
    switch masks {
    case .shared:
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { scratch in
        guard let mask = scratch.baseAddress else { return }
        var generator = SeededGenerator(seed: seed, stream: UInt64(pass) &* 1024 &+ UInt64(index))
        layer.drawMask(mask, count: width, using: &generator)
        for row in 0..<rows {
          for unit in 0..<width { output[row &* width &+ unit] = input[row &* width &+ unit] * mask[unit] }
        }
      }
    case .perRow:
      let (threshold, keep) = (UInt16(layer.threshold), layer.keep)
      let blocks = (width + 7) / 8  // Eight masks of 16 bits each.
      let generator = CounterGenerator(seed: seed)
      withUnsafeTemporaryAllocation(of: UInt16.self, capacity: blocks * 8) { scratch in
        guard let bits = scratch.baseAddress else { return }
        for row in 0..<rows {
          let address = UInt32(truncatingIfNeeded: pass) &* 1024 &+ UInt32(index)
          generator.fill(UnsafeMutableRawPointer(bits), blocks: blocks, ids[row], address)
          for unit in 0..<width {
            let value = input[row &* width &+ unit] * keep
            output[row &* width &+ unit] = bits[unit] < threshold ? 0 : value
          }
        }
      }
    }
  }
}
