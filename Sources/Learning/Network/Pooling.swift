/// The maximum of every square of `side` × `side` pixels, rectified; pixels that fill no square are left out.
struct Pooling: Sendable {
  let height: Int
  let width: Int
  let channels: Int
  let side: Int

  var rows: Int { height / side }
  var columns: Int { width / side }
  var outputs: Int { rows * columns * channels }

  /// Pools maps `(height, images, width, channels)` to `(images, height, width, channels)`, and notes the place of every
  /// maximum within its square.
  ///
  /// The place is -1 where the maximum is cut to 0. NaN wins over everything.
  func apply(
    _ maps: UnsafePointer<Float>, images: Int, into output: UnsafeMutablePointer<Float>,
    places: UnsafeMutablePointer<Float>
  ) {
    let line = images &* width  // Pixels between neighbouring rows of an image.
    for index in 0..<images &* rows {
      let (image, y) = (index / rows, index % rows)
      for x in 0..<columns {
        let target = output + (index &* columns &+ x) &* channels
        let place = places + (index &* columns &+ x) &* channels
        let first = maps + (y &* side &* line &+ image &* width &+ x &* side) &* channels
        for channel in 0..<channels {
          target[channel] = first[channel]
          place[channel] = 0
        }
        for position in 1..<max(1, side &* side) {
          let source = first + ((position / side) &* line &+ position % side) &* channels
          let mark = Float(position)
          for channel in 0..<channels {
            let (value, best) = (source[channel], target[channel])
            let wins = value > best || value != value
            target[channel] = wins ? value : best
            place[channel] = wins ? mark : place[channel]
          }
        }
        for channel in 0..<channels {
          let best = target[channel]
          target[channel] = best < 0 ? 0 : best
          place[channel] = best > 0 ? place[channel] : -1
        }
      }
    }
  }

  /// Hands the gradient of every maximum to the pixel that it came from; all others get 0; shapes as in `apply`.
  func spread(
    _ gradient: UnsafePointer<Float>, places: UnsafePointer<Float>, images: Int,
    into maps: UnsafeMutablePointer<Float>
  ) {
    if rows * side < height || columns * side < width {
      maps.update(repeating: 0, count: images * height * width * channels)
    }
    let line = images &* width
    for index in 0..<images &* rows {
      let (image, y) = (index / rows, index % rows)
      for x in 0..<columns {
        let source = gradient + (index &* columns &+ x) &* channels
        let place = places + (index &* columns &+ x) &* channels
        let first = maps + (y &* side &* line &+ image &* width &+ x &* side) &* channels
        for position in 0..<side &* side {
          let target = first + ((position / side) &* line &+ position % side) &* channels
          let mark = Float(position)
          for channel in 0..<channels { target[channel] = place[channel] == mark ? source[channel] : 0 }
        }
      }
    }
  }
}
