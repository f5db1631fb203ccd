extension DecodedImage {
  /// The image at another size: every new pixel is the mean of the area that it covers in the old image.
  ///
  /// - Complexity: O(old pixels + new pixels).
  public func resized(width newWidth: Int, height newHeight: Int) -> DecodedImage {
    if newWidth == width && newHeight == height { return self }
    let values = areaAverages(width: newWidth, height: newHeight)
    let pixels = values.map { UInt8(max(0, min(255, $0.rounded()))) }
    return DecodedImage(width: newWidth, height: newHeight, channels: channels, pixels: pixels)
  }

  /// The image made smaller, in proportion, so that it is at most this wide; a narrower one is returned as it is.
  public func resized(maxWidth: Int) -> DecodedImage {
    if maxWidth >= width || maxWidth < 1 { return self }
    return resized(width: maxWidth, height: max(1, (height * maxWidth + width / 2) / width))
  }

  /// The means, in `0...255`, of the areas that the pixels of an image of another size cover: `(height, width, channels)`.
  ///
  /// - Complexity: O(old pixels + new pixels); the horizontal and the vertical means are taken one after the other.
  func areaAverages(width newWidth: Int, height newHeight: Int) -> [Float] {
    precondition(newWidth > 0 && newHeight > 0, "an image has pixels")
    let columns = Coverage.all(old: width, new: newWidth)
    let rows = Coverage.all(old: height, new: newHeight)
    let rowValues = newWidth * channels
    var output = [Float](repeating: 0, count: newHeight * rowValues)
    var narrow = [Float](repeating: 0, count: rowValues)
    var narrowRow = -1
    for (y, row) in rows.enumerated() {
      for oldY in row.start..<row.start + row.weights.count {
        // Where the image grows, or areas share an old row, the row is there already.
        if oldY != narrowRow {
          narrowing(row: oldY, by: columns, into: &narrow)
          narrowRow = oldY
        }
        let weight = row.weights[oldY - row.start]
        for value in 0..<rowValues { output[y * rowValues + value] += weight * narrow[value] }
      }
    }
    return output
  }

  private func narrowing(row: Int, by columns: [Coverage], into narrow: inout [Float]) {
    pixels.withUnsafeBufferPointer { pixels in
      for (x, column) in columns.enumerated() {
        for channel in 0..<channels {
          var index = (row * width + column.start) * channels + channel
          var sum: Float = 0
          for weight in column.weights {
            sum += weight * Float(pixels[index])
            index += channels
          }
          narrow[x * channels + channel] = sum
        }
      }
    }
  }
}

/// The old pixels that one new pixel covers along one axis, and the share of it that each fills; the shares sum to 1.
private struct Coverage {
  let start: Int
  let weights: [Float]

  static func all(old: Int, new: Int) -> [Coverage] {
    (0..<new).map { index in
      // In units of 1 / new of an old pixel, so that the borders are exact.
      let low = index * old
      let high = low + old
      let start = low / new
      let end = (high + new - 1) / new
      let weights = (start..<end).map { pixel in
        Float(min(high, (pixel + 1) * new) - max(low, pixel * new)) / Float(old)
      }
      return Coverage(start: start, weights: weights)
    }
  }
}
