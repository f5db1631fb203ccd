/// A small convolutional network: convolution, rectifier and maximum pooling per stage, then one hidden dense layer.
///
/// Rows are images of `height × width × channels`, channels last. After LeCun et al., 1998, as used for active learning by
/// Gal, Islam and Ghahramani, 2017.
public struct ConvolutionalShape: Codable, Sendable, Equatable {
  /// Pixels from top to bottom, at most 64.
  public var height: Int
  /// Pixels from left to right, at most 64.
  public var width: Int
  /// Values of a pixel: 1 for grey, 3 for colour.
  public var channels: Int
  /// Filters of each convolution.
  public var filters: [Int]
  /// The side of a filter, odd; images are padded so that a convolution keeps their size.
  public var kernel: Int
  /// The side of the square that pooling reduces to its maximum; what does not fill a square is left out.
  public var pooling: Int
  /// Units of the dense layer before the classes.
  public var hidden: Int
  /// The share of the dense layer's units dropped, in `0..<1`.
  public var dropout: Float
  /// The share of pooled values dropped after every convolution, in `0..<1`.
  public var convolutionDropout: Float

  /// Creates a shape; the defaults are the usual network for 28 × 28 digits.
  public init(
    height: Int, width: Int, channels: Int = 1, filters: [Int] = [32, 64], kernel: Int = 5, pooling: Int = 2,
    hidden: Int = 128, dropout: Float = 0.5, convolutionDropout: Float = 0
  ) {
    self.height = height
    self.width = width
    self.channels = channels
    self.filters = filters
    self.kernel = kernel
    self.pooling = pooling
    self.hidden = hidden
    self.dropout = dropout
    self.convolutionDropout = convolutionDropout
  }

  /// The number of values of one image.
  public var inputs: Int { height * width * channels }

  /// The shape after every convolution and its pooling.
  var stages: [(height: Int, width: Int, channels: Int)] {
    var (height, width) = (height, width)
    return filters.map { filters in
      (height, width) = (height / pooling, width / pooling)
      return (height, width, filters)
    }
  }

  func validate() throws(LearningError) {
    if !(1...64).contains(height) || !(1...64).contains(width) || channels < 1 {
      throw .invalidConfiguration("images of \(height) x \(width) x \(channels) are not within 64 x 64")
    }
    if filters.isEmpty || filters.contains(where: { $0 < 1 }) || hidden < 1 {
      throw .invalidConfiguration("every convolution needs a filter, and the dense layer a unit")
    }
    if kernel < 1 || kernel % 2 == 0 { throw .invalidConfiguration("the filter's side \(kernel) is not odd") }
    if pooling < 1 { throw .invalidConfiguration("pooling over \(pooling) pixels is not possible") }
    if let last = stages.last, last.height < 1 || last.width < 1 {
      throw .invalidConfiguration("pooling \(filters.count) times by \(pooling) leaves nothing of the image")
    }
  }
}
