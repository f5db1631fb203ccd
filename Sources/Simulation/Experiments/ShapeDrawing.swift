import Foundation
import Tensors

/// Grey images of 16 × 16 pixels that show a triangle, an ellipse or a rectangle.
///
/// After Bengio, Louradour, Collobert and Weston, 2009.
/// The basic kind has equilateral triangles, circles and squares; the geometric kind any of the three. Both vary in place, size,
/// turn and in the grey of shape and ground.
enum ShapeDrawing {
  /// How much shapes vary.
  enum Kind: Sendable {
    case basic, geometric
  }

  /// Pixels of a side.
  static let side = 16

  /// A set with the three classes in turn.
  static func set(_ kind: Kind, count: Int, seed: UInt64, stream: UInt64) -> LabelledItems {
    var generator = SeededGenerator(seed: seed, stream: 0x5_4A9E << 8 | stream)
    var pixels = Matrix(rows: count, columns: side * side)
    pixels.withUnsafeMutableBufferPointer { values in
      for item in 0..<count {
        let shape = Shape(of: item % 3, kind: kind, using: &generator)
        // The shape is the brighter, by a quarter of the range at least, or nothing would be seen.
        let ground = 0.75 * generator.uniform()
        let grey = ground + 0.25 + (0.75 - ground) * generator.uniform()
        for row in 0..<side {
          for column in 0..<side {
            let inside = shape.contains(x: Double(column) + 0.5, y: Double(row) + 0.5)
            values[(item * side + row) * side + column] = inside ? grey : ground
          }
        }
      }
    }
    return LabelledItems(
      content: .numbers(pixels, ImageShape(height: side, width: side, channels: 1)), labels: (0..<count).map { $0 % 3 },
      classNames: ["triangle", "ellipse", "rectangle"])
  }
}

/// A shape in its place.
private enum Shape {
  /// Corners in order.
  case polygon([(x: Double, y: Double)])
  /// Half axes, turned.
  case ellipse(x: Double, y: Double, a: Double, b: Double, angle: Double)

  init(of label: Int, kind: ShapeDrawing.Kind, using generator: inout SeededGenerator) {
    func draw(_ low: Double, _ high: Double) -> Double { low + (high - low) * Double(generator.uniform()) }
    let size = draw(4, 6.5)
    let squeeze = kind == .basic ? 1 : draw(0.35, 0.85)
    let (x, y) = (8 + draw(-1.5, 1.5), 8 + draw(-1.5, 1.5))
    let angle = draw(0, 2 * .pi)
    func placed(_ corners: [(Double, Double)]) -> Shape {
      .polygon(
        corners.map { corner in
          (
            x: x + corner.0 * cos(angle) - corner.1 * sin(angle), y: y + corner.0 * sin(angle) + corner.1 * cos(angle)
          )
        })
    }
    switch label {
    case 0:
      let spread = kind == .basic ? 0 : 0.5
      let turns = (0..<3).map { 2 * Double.pi * Double($0) / 3 + draw(-spread, spread) }
      let reach = (0..<3).map { _ in kind == .basic ? size : size * draw(0.6, 1) }
      self = placed((0..<3).map { (reach[$0] * cos(turns[$0]), reach[$0] * sin(turns[$0])) })
    case 1: self = .ellipse(x: x, y: y, a: size, b: size * squeeze, angle: angle)
    default:
      let half = size / 2.0.squareRoot()
      let (a, b) = (half * (kind == .basic ? 1 : 1.2), half * squeeze)
      self = placed([(-a, -b), (a, -b), (a, b), (-a, b)])
    }
  }

  func contains(x: Double, y: Double) -> Bool {
    switch self {
    case .ellipse(let cx, let cy, let a, let b, let angle):
      let (dx, dy) = (x - cx, y - cy)
      let u = (dx * cos(angle) + dy * sin(angle)) / a
      let v = (dy * cos(angle) - dx * sin(angle)) / b
      return u * u + v * v <= 1
    case .polygon(let corners):
      let sides = corners.indices.map { index -> Double in
        let (from, to) = (corners[index], corners[(index + 1) % corners.count])
        return (to.x - from.x) * (y - from.y) - (to.y - from.y) * (x - from.x)
      }
      return sides.allSatisfy { $0 >= 0 } || sides.allSatisfy { $0 <= 0 }
    }
  }
}
