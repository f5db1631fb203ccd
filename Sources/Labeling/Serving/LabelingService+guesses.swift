public import Domain

extension LabelingService {
  /// What the serving model would answer for items in somebody's hands.
  ///
  /// Items of the evaluation stream have no guess: their labels measure the model, so nobody may be led by it.
  ///
  /// - Returns: predictions by item; none without a model.
  /// - Complexity: one pass of the model over the items.
  public func guesses(for items: [ServedItem], in project: ProjectID) throws -> [ItemID: Prediction] {
    let open = items.filter { !$0.lease.provenance.evaluation && !$0.item.evaluation }
    guard !open.isEmpty else { return [:] }
    let byRow = try predictions(forRows: open.map(\.lease.row), in: project)
    return Dictionary(
      open.compactMap { served in byRow[served.lease.row].map { (served.item.id, $0) } },
      uniquingKeysWith: { first, _ in first })
  }
}
