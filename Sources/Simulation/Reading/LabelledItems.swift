public import Features
public import Tensors

/// Height, width and channels of images whose rows are their pixels, channels last.
public struct ImageShape: Codable, Sendable, Hashable {
  /// Rows of pixels.
  public var height: Int
  /// Pixels in a row.
  public var width: Int
  /// 1 for grey, 3 for colour.
  public var channels: Int

  /// Creates a shape.
  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// Numbers of an image.
  public var count: Int { height * width * channels }
}

/// A labelled data set as it was read, before it is split and made to features.
public struct LabelledItems: Sendable {
  /// What the items are.
  public enum Content: Sendable {
    /// Texts or encoded images, for a featurizer.
    case raw([RawItem])
    /// Rows of numbers `(n, d)`: vectors as they stand, or pixels in `0...1` where there is a shape.
    case numbers(Matrix, ImageShape?)
  }

  /// The items.
  public var content: Content
  /// The class of every item, `(n)`.
  public var labels: [Int]
  /// The names of the classes, `(c)`.
  public var classNames: [String]
  /// What was passed over, for a person.
  public var notes: [String]

  /// Creates a set.
  public init(content: Content, labels: [Int], classNames: [String], notes: [String] = []) {
    self.content = content
    self.labels = labels
    self.classNames = classNames
    self.notes = notes
  }

  /// Creates a set from the names of the labels; classes are sorted, by number where all names are whole numbers.
  init(content: Content, names: [String], notes: [String] = []) {
    let classNames = Self.sorted(Set(names))
    let index = Dictionary(uniqueKeysWithValues: classNames.enumerated().map { ($0.element, $0.offset) })
    self.init(content: content, labels: names.map { index[$0] ?? 0 }, classNames: classNames, notes: notes)
  }

  /// Number of items, `n`.
  public var count: Int { labels.count }

  /// The items at `indices`, in that order.
  public func subset(_ indices: [Int]) -> LabelledItems {
    let part: Content =
      switch content {
      case .raw(let items): .raw(indices.map { items[$0] })
      case .numbers(let matrix, let shape): .numbers(matrix.gatherRows(indices), shape)
      }
    return LabelledItems(content: part, labels: indices.map { labels[$0] }, classNames: classNames, notes: notes)
  }

  /// The same items under the classes of `names`, which hold all of its own.
  func relabelled(to names: [String]) -> LabelledItems {
    let index = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
    var result = self
    result.labels = labels.map { index[classNames[$0]] ?? 0 }
    result.classNames = names
    return result
  }

  static func sorted(_ names: Set<String>) -> [String] {
    let numbers = names.compactMap { Int($0) }
    guard numbers.count == names.count else { return names.sorted() }
    return names.sorted { (Int($0) ?? 0, $0) < (Int($1) ?? 0, $1) }
  }
}
