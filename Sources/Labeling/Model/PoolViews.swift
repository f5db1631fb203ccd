import Domain
import Features
import Storage
import Tensors

/// Altered copies of a pool's items, as features.
struct PoolViews: Sendable {
  let project: ProjectID
  let library: FeatureLibrary
  let store: Store
  let features: PoolFeatures
  let seed: UInt64

  /// Texts that are altered and read again, at most: each view of a text is featurised anew.
  static let textLimit = 20_000

  /// How many items may be asked about; images and vectors are altered as features, which costs little.
  var limit: Int { if case .text = features.featurizer { Self.textLimit } else { .max } }

  /// The features of `count` views of the items at some rows, `(count · n, d)`, the items as they are first.
  func views(of rows: [Int], count: Int) throws -> Matrix {
    guard case .text = features.featurizer else {
      return features.featurizer.views(
        ofRows: features.view.gatherRows(rows).view, ids: rows, count: count, seed: seed, pool: .shared)
    }
    let contents = try store.read { try $0.contents(in: project, at: rows) }
    // A row that was removed meanwhile is as good as empty.
    let items = rows.map { row in
      contents[row].flatMap { library.rawItem($0.content, embedding: $0.embedding) } ?? .text("")
    }
    return try features.featurizer.views(of: items, ids: rows, count: count, seed: seed, pool: .shared)
  }
}

extension LabelingService {
  /// How altered copies of a pool's items are made; `nil` where there are no features.
  func views(of pool: PoolFeatures?, in project: Project) -> PoolViews? {
    pool.map {
      PoolViews(project: project.id, library: features, store: store, features: $0, seed: project.settings.seed)
    }
  }
}
