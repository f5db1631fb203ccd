public import Tensors

/// A labelled set that is replayed as if people labelled it.
public struct ReplaySet: Sendable {
  /// Features of the pool, `(n, d)`.
  public var pool: Matrix
  /// The true class of every pool item, `(n)`.
  public var poolLabels: [Int]
  /// Features of the held-out items, `(m, d)`, that the curves are measured on.
  public var test: Matrix
  /// The true class of every held-out item, `(m)`.
  public var testLabels: [Int]
  /// The names of the classes, `(c)`.
  public var classNames: [String]
  /// The shape of an image whose pixels a row holds; nil for other features.
  public var imageShape: ImageShape?
  /// Whether each pool item was planted and can't be learned, `(n)`; empty where none was.
  public var isOutlier: [Bool]
  /// How pool items are changed to further views of them.
  public var views: ReplayViews

  /// Creates a set.
  public init(
    pool: Matrix, poolLabels: [Int], test: Matrix, testLabels: [Int], classNames: [String],
    imageShape: ImageShape? = nil, isOutlier: [Bool] = [], views: ReplayViews = .numbers
  ) {
    self.pool = pool
    self.poolLabels = poolLabels
    self.test = test
    self.testLabels = testLabels
    self.classNames = classNames
    self.imageShape = imageShape
    self.isOutlier = isOutlier
    self.views = views
  }
}
