/// Why bytes can't be decoded as an image.
public enum ImageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The bytes start like neither PNG nor JPEG.
  case notAnImage
  /// The image ends too early.
  case truncated
  /// The image is damaged; the library's reason.
  case corrupt(String)
  /// The image has more pixels than allowed.
  case tooLarge(width: Int, height: Int, maxPixels: Int)
  /// There was no memory for the image.
  case outOfMemory

  /// What is wrong and what to do, in a sentence.
  public var description: String {
    switch self {
    case .notAnImage: "this is neither a PNG nor a JPEG image; convert it to one of them"
    case .truncated: "the image ends too early; send all of it"
    case .corrupt(let reason): "the image is damaged: \(reason)"
    case .tooLarge(let width, let height, let maxPixels):
      "the image has \(width) × \(height) pixels, more than \(maxPixels); make it smaller"
    case .outOfMemory: "there is no memory for the image; try again or make it smaller"
    }
  }
}
