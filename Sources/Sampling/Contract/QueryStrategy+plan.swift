public import Tensors

extension QueryStrategy {
  /// Orders a queue: a batch chosen by the strategy at its head, the next highest utilities behind it, near-duplicates left out.
  ///
  /// The head is what people label before the next round; the tail is there so that nobody waits if that round is late. Of items
  /// whose features have a cosine above the threshold one is asked, in the head and in the tail alike, and the others are listed
  /// in ``Selection/collapsed``. They stay candidates: the next round may ask them. A pool with few distinct items gives a queue
  /// shorter than `total`, and `reason` says so; only where not even `head` distinct items are found do repetitions fill it up
  /// to `head`, at its end.
  ///
  /// - Parameters:
  ///   - head: how many items the strategy chooses as a batch.
  ///   - total: how many items are ordered altogether, at least `head`.
  ///   - pool: the candidates with their utilities; without utilities the tail is in random order.
  ///   - threshold: the cosine above which two items count as one; 1 or more collapses nothing.
  ///   - generator: breaks ties and starts clusterings.
  /// - Returns: at least `min(head, n)` and at most `total` candidates, none twice, best first.
  /// - Throws: ``SamplingError`` where the pool's arrays disagree or hold a value that is no number.
  /// - Complexity: that of ``select(_:from:using:)`` and O(n + m·total·d), `m = 2·total + 512` the items examined for the tail;
  ///   O(total·d) space.
  public func plan(
    head: Int, total: Int, from pool: ScoredPool, collapseDuplicatesAbove threshold: Float = 0.98,
    using generator: inout SeededGenerator
  ) throws -> Selection {
    var selection = try select(head, from: pool, using: &generator)
    let total = min(max(head, total), pool.rows.count)
    let taken = Set(selection.chosen.map(\.row))
    guard let features = pool.features, features.columns > 0, threshold < 1 else {
      selection.chosen += pool.ranked(total - taken.count, excluding: taken, using: &generator)
      return selection
    }
    var duplicates = NearDuplicates(features: features, threshold: threshold)
    selection.chosen = duplicates.keep(selection.chosen, limit: head)
    let tail = pool.ranked(2 * total + 512, excluding: taken, using: &generator)
    selection.chosen += duplicates.keep(tail, limit: total - selection.chosen.count)
    // A queue shorter than a batch could never start the next round: what was left out fills it up, last.
    let filling = duplicates.collapsed.prefix(max(0, head - selection.chosen.count))
    let distinct = selection.chosen.count
    selection.chosen += filling.map(\.item)
    selection.collapsed = duplicates.collapsed.dropFirst(filling.count).map {
      Collapsed(row: $0.item.row, standIn: $0.standIn)
    }
    if distinct < total, !duplicates.collapsed.isEmpty {
      let short =
        "\(distinct) distinct items were found for a queue of \(total): the rest of those examined nearly repeat them."
      selection.reason = selection.reason.map { "\($0) \(short)" } ?? short
    }
    return selection
  }
}
