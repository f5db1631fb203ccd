private import Glibc
public import Tensors

/// Small changes to an image that leave its class be: shifts, turns, zooms and changes of contrast.
///
/// Images are not mirrored unless asked to: a mirrored digit or letter is another one, or none.
public struct ImageAugmentation: Sendable, Hashable {
  /// The largest shift in each direction, as a share of the side.
  public var shift: Float
  /// The largest turn in either direction, in radians.
  public var rotation: Float
  /// The largest change of size: 0.1 is from 0.9 to 1.1.
  public var zoom: Float
  /// The largest change of contrast: 0.2 multiplies differences from the image's mean by 0.8 to 1.2.
  public var contrast: Float
  /// Whether half of the views are mirrored left to right.
  public var mirrors: Bool

  /// Creates an augmentation; the defaults suit written characters and small photos.
  public init(
    shift: Float = 0.08, rotation: Float = 0.2, zoom: Float = 0.1, contrast: Float = 0.2, mirrors: Bool = false
  ) {
    self.shift = shift
    self.rotation = rotation
    self.zoom = zoom
    self.contrast = contrast
    self.mirrors = mirrors
  }

  /// Writes one changed copy of an image.
  ///
  /// Pixels between the grid are interpolated (bilinear); what lies outside repeats the border.
  /// - Parameters:
  ///   - image: `(height, width, channels)`, row-major, of any range of values.
  ///   - result: as many values, which may not overlap the image.
  /// - Complexity: O(height · width · channels).
  public func view(
    of image: UnsafePointer<Float>, height: Int, width: Int, channels: Int,
    into result: UnsafeMutablePointer<Float>, using generator: inout SeededGenerator
  ) {
    func draw(_ most: Float) -> Float { (2 * generator.uniform() - 1) * most }
    let (down, right) = (draw(shift) * Float(height), draw(shift) * Float(width))
    let (angle, size, gain) = (draw(rotation), 1 / (1 + draw(zoom)), 1 + draw(contrast))
    let mirrored: Float = mirrors && generator.uniform() < 0.5 ? -1 : 1
    let (cosine, sine) = (cosf(angle) * size, sinf(angle) * size)
    let (middleRow, middleColumn) = (Float(height - 1) / 2, Float(width - 1) / 2)
    var mean: Float = 0
    for index in 0..<height * width * channels { mean += image[index] }
    mean /= Float(max(1, height * width * channels))
    for row in 0..<height {
      for column in 0..<width {
        let y = Float(row) - middleRow - down
        let x = (Float(column) - middleColumn - right) * mirrored
        let sourceRow = min(max(cosine * y - sine * x + middleRow, 0), Float(height - 1))
        let sourceColumn = min(max(sine * y + cosine * x + middleColumn, 0), Float(width - 1))
        let (top, left) = (Int(sourceRow), Int(sourceColumn))
        let (bottom, next) = (min(top + 1, height - 1), min(left + 1, width - 1))
        let (low, along) = (sourceRow - Float(top), sourceColumn - Float(left))
        for channel in 0..<channels {
          let upper =
            image[(top * width + left) * channels + channel] * (1 - along)
            + image[(top * width + next) * channels + channel] * along
          let lower =
            image[(bottom * width + left) * channels + channel] * (1 - along)
            + image[(bottom * width + next) * channels + channel] * along
          let value = upper * (1 - low) + lower * low
          result[(row * width + column) * channels + channel] = mean + (value - mean) * gain
        }
      }
    }
  }
}
