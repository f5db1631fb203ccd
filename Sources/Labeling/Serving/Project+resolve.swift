import Domain

extension Project {
  /// The labels of these names, as an outcome and the project's task need them.
  ///
  /// - Parameter names: `nil` where an annotator named none at all, which an answer must not do: that no label applies is
  ///   said by an empty list.
  /// - Returns: identifiers; where several are allowed, in ascending order.
  /// - Throws: ``LabelingError/invalid(_:)`` with pointers below `/labels`.
  func resolve(_ names: [String]?, for outcome: Outcome) throws -> [LabelID] {
    guard outcome == .label else {
      guard names?.isEmpty != false else {
        throw LabelingError.invalid("/labels", "An outcome of “\(outcome.name)” has no labels.")
      }
      return []
    }
    let names = try checked(names)
    let known = try names.enumerated().map { index, name in
      guard let label = label(named: name) else {
        throw LabelingError.invalid(
          "/labels/\(index)",
          "“\(name)” is not a label of this project. Its labels: \(labels.prefix(20).map(\.name).joined(separator: ", "))\(labels.count > 20 ? ", …" : "")."
        )
      }
      return label.id
    }
    for (index, id) in known.enumerated() where known[..<index].contains(id) {
      throw LabelingError.invalid("/labels/\(index)", "“\(names[index])” stands twice.")
    }
    return task == .multiLabel ? known.sorted() : known
  }

  private func checked(_ names: [String]?) throws -> [String] {
    switch task {
    case .singleLabel:
      guard let names, names.count == 1 else {
        throw LabelingError.invalid("/labels", "Exactly one label is needed; \(names?.count ?? 0) were given.")
      }
      return names
    case .multiLabel:
      guard let names else {
        throw LabelingError.invalid("/labels", "Say which labels apply; an empty list says that none of them does.")
      }
      return names
    }
  }
}
