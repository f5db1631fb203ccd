public import Domain
public import Storage

/// How far the annotators of a project agree, and how good each of them is.
public struct AgreementReport: Sendable {
  /// One annotator.
  public struct Annotator: Sendable {
    /// Who.
    public let user: UserID
    /// Items that they labelled.
    public let labels: Int
    /// Share of their labels that are the consensus.
    public let agreementWithConsensus: Double?
    /// Share of same labels among comparisons with others on the same items.
    public let agreementWithOthers: Double?
    /// The probability that they label a random item rightly, by Dawid and Skene.
    public let reliability: Double?
    /// The median of what they took for a label, in milliseconds.
    public let medianMilliseconds: Double?
    /// What else they answered, and when last.
    public let activity: Activity
    /// Items that they labelled and that were settled by hand.
    public let adjudicated: Int
    /// Share of those that they labelled as they were settled.
    public let rightByAdjudication: Double?
  }

  /// One pair of annotators.
  public struct Pair: Sendable {
    /// The one.
    public let first: UserID
    /// The other.
    public let second: UserID
    /// Items that both labelled.
    public let items: Int
    /// Share of them with the same label.
    public let agreement: Double
    /// Cohen's κ, where it is defined.
    public let kappa: Double?
  }

  /// Fleiss' κ with what it was computed on.
  public struct Fleiss: Sendable {
    /// 1 is perfect, 0 is chance.
    public let value: Double
    /// Opinions on each item that was counted.
    public let raters: Int
    /// Items that were counted.
    public let items: Int
  }

  /// Items with an opinion, and those with several.
  public var items: Int
  /// Items with opinions of several annotators.
  public var several: Int
  /// Items whose opinions differ.
  public var disputed: Int
  /// Labels that stand.
  public var opinions: Int
  /// Krippendorff's α: nominal, or by MASI where an item may have several labels; `nil` where it is not defined.
  public var alpha: Double?
  /// α of each label, chosen or not, where an item may have several; else empty.
  public var alphaPerLabel: [(label: String, alpha: Double?)]
  /// Fleiss' κ over the items with the commonest number of opinions.
  public var fleiss: Fleiss?
  /// Cohen's κ of the pairs among the annotators of most labels.
  public var pairs: [Pair]
  /// Annotators in the order of their identifiers.
  public var annotators: [Annotator]
  /// The way in which the consensus was found: `majority` or `dawid_skene`.
  public var method: String
  /// Why it is that one.
  public var reason: String?
}
