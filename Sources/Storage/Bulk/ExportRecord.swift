public import Domain

/// An item of an export with what stands on it, as bytes that go out as they are.
///
/// One record is filled again and again, so that an export of millions allocates next to nothing.
public struct ExportRecord: Sendable {
  /// What the item consists of.
  public enum Kind: Sendable {
    /// Nothing is known.
    case none
    /// UTF-8 in `content`.
    case text
    /// The hash in `content`, the format in `format`.
    case image
    /// Little-endian float32 in `content`.
    case vector
  }

  /// What somebody said about the item.
  public struct Said: Sendable {
    /// The annotation.
    public var id: AnnotationID
    /// Who said it.
    public var annotator: UserID
    /// Labelled, skipped or flagged.
    public var outcome: Outcome
    /// The chosen labels: their places in ``ExportRecord/labels``, in the order of their age.
    public var labels: Range<Int>
    /// A remark, as UTF-8.
    public var note: [UInt8]?
    /// How long the annotator looked, in milliseconds.
    public var durationMilliseconds: Int?
    /// The strategy that asked, as UTF-8.
    public var strategy: [UInt8]
    /// The round that asked.
    public var round: Int?
    /// The place in its ranking, from 1.
    public var rank: Int?
    /// What the strategy expected of the label.
    public var utility: Double?
    /// The chance with which the item was drawn.
    public var propensity: Double?
    /// Whether it belongs to the evaluation stream.
    public var evaluation: Bool
    /// When it was said.
    public var createdAt: Timestamp
  }

  /// The item.
  public var item = ItemID(0)
  /// Its row in the pool.
  public var row = 0
  /// Where it stands.
  public var state = ItemState.unlabelled
  /// Whether it is in the evaluation reserve.
  public var evaluation = false
  /// The caller's identifier, as UTF-8.
  public var key: [UInt8] = []
  /// What `content` is.
  public var kind = Kind.none
  /// What the item consists of.
  public var content: [UInt8] = []
  /// The format of a picture, as UTF-8.
  public var format: [UInt8] = []
  /// The caller's data as JSON; empty where there is none.
  public var meta: [UInt8] = []
  /// What stands on the item, oldest first.
  public var said: [Said] = []
  /// The labels of all that was said, one after another.
  public var labels: [LabelID] = []

  /// An empty record, to be filled.
  public init() {}

  /// The labels that an annotation chose.
  public func labels(of said: Said) -> ArraySlice<LabelID> { labels[said.labels] }
}
