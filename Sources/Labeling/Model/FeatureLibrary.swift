import Domain
import Features
import Foundation
import Storage
import Synchronization
import Tensors

/// The features of a pool, as far as they have been computed.
struct PoolFeatures: Sendable {
  /// The version of the featurizer.
  let version: Int
  /// The featurizer, for items that are not in the pool.
  let featurizer: AnyFeaturizer
  /// `(rows, d)`; a row that was removed before it was featurised is zero.
  let view: MatrixView
}

/// Fits featurizers and keeps the feature matrices of all projects up to date.
///
/// Rows are appended and fsynced before the database counts them, so a crash leaves a tail that the next start cuts.
final class FeatureLibrary: Sendable {
  private struct Entry {
    var set: FeatureSet
    let featurizer: AnyFeaturizer
    let file: FeatureMatrixFile
  }

  /// Items that a featurizer is fitted on at most.
  private static let sampleSize = 20_000
  /// Rows featurised and written at once.
  private static let blockSize = 2000

  private let folder: DataFolder
  private let blobs: BlobStore
  private let store: Store
  private let clock: @Sendable () -> Timestamp
  private let entries = Mutex<[ProjectID: Entry]>([:])
  /// One update at a time; updates run on compute threads, which may wait.
  private let updating = NSLock()
  /// One file is opened once; held for as long as that takes.
  private let loading = NSLock()

  init(folder: DataFolder, blobs: BlobStore, store: Store, clock: @escaping @Sendable () -> Timestamp) {
    self.folder = folder
    self.blobs = blobs
    self.store = store
    self.clock = clock
  }

  /// What has been computed so far; `nil` before the first round.
  func current(_ project: ProjectID) throws -> PoolFeatures? {
    if let entry = entries.withLock({ $0[project] }) { return try Self.features(entry) }
    return try load(project).map(Self.features)
  }

  private static func features(_ entry: Entry) throws -> PoolFeatures {
    PoolFeatures(version: entry.set.version, featurizer: entry.featurizer, view: try entry.file.view())
  }

  /// A featurizer by its version, read from disk where memory does not have it.
  func featurizer(_ version: Int, of project: ProjectID) throws -> AnyFeaturizer {
    if let entry = entries.withLock({ $0[project] }), entry.set.version == version { return entry.featurizer }
    let path = folder.featurizer(project: "\(project)", version: version)
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw StorageError.dataFolder(path: path, reason: "the featurizer is missing")
    }
    return try AnyFeaturizer.decode(Array(bytes))
  }

  private func load(_ project: ProjectID) throws -> Entry? {
    loading.lock()
    defer { loading.unlock() }
    if let entry = entries.withLock({ $0[project] }) { return entry }
    guard let set = try store.read({ try $0.newestFeatureSet(of: project) }) else { return nil }
    guard let featurizer = try? featurizer(set.version, of: project), let file = try open(set, of: project) else {
      return nil
    }
    let entry = Entry(set: set, featurizer: featurizer, file: file)
    entries.withLock { $0[project] = entry }
    return entry
  }

  /// The file of a feature set; `nil` where it is lost or damaged, so that the next round computes it under a new version.
  private func open(_ set: FeatureSet, of project: ProjectID) throws -> FeatureMatrixFile? {
    let path = folder.features(project: "\(project)", version: set.version)
    do throws(FeatureFileError) {
      return try FeatureMatrixFile(path: path, dimension: set.dimension, rows: set.rows)
    } catch {
      if case .tooShort = error { return nil }
      throw explained(error)
    }
  }

  /// Computes what is missing: fits a featurizer where there is none, the pool has doubled or the project's network reads
  /// other features, then appends rows.
  ///
  /// - Parameter rows: how many rows the pool has had.
  /// - Throws: ``FeatureError/cancelled`` within a fraction of a second once `isCancelled` says so.
  func update(
    _ project: Project, rows: Int, progress: (Double) -> Void, isCancelled: () -> Bool
  ) throws -> PoolFeatures? {
    updating.lock()
    defer { updating.unlock() }
    guard rows > 0 else { return nil }
    var entry: Entry
    if let known = try load(project.id), rows < 2 * known.set.fittedOn, known.featurizer.suits(project) {
      entry = known
    } else {
      let version = (try store.read { try $0.newestFeatureSet(of: project.id) }?.version ?? 0) + 1
      guard let fitted = try fit(project, rows: rows, version: version, progress: progress, isCancelled: isCancelled)
      else { return nil }
      entry = fitted
    }
    do {
      try append(to: &entry, project: project.id, rows: rows, progress: progress, isCancelled: isCancelled)
    } catch let error as FeatureFileError {
      throw explained(error)
    }
    entries.withLock { $0[project.id] = entry }
    return try Self.features(entry)
  }

  private func fit(
    _ project: Project, rows: Int, version: Int, progress: (Double) -> Void, isCancelled: () -> Bool
  ) throws -> Entry? {
    var generator = SeededGenerator(seed: project.settings.seed, stream: 0xF17)
    // Pictures are large; their statistics need fewer of them.
    let limit = project.modality == .image ? 2000 : Self.sampleSize
    var chosen: Set<Int>?
    if rows > limit {
      var sample: Set<Int> = []
      while sample.count < limit { sample.insert(generator.index(below: rows)) }
      chosen = sample
    }
    var sample: [RawItem] = []
    for start in stride(from: 0, to: rows, by: Self.blockSize) {
      if isCancelled() { throw FeatureError.cancelled }
      let block = start..<min(start + Self.blockSize, rows)
      for entry in try store.read({ try $0.contents(in: project.id, rows: block) })
      where chosen?.contains(entry.row) ?? true {
        if let raw = rawItem(entry.content, embedding: entry.embedding) { sample.append(raw) }
      }
    }
    guard !sample.isEmpty else { return nil }
    let featurizer = try AnyFeaturizer.fit(
      sample, seed: project.settings.seed, detail: project.imageDetail, pool: .shared, progress: { progress($0 * 0.5) },
      isCancelled: isCancelled)
    try folder.writeDurably(try featurizer.encoded(), to: folder.featurizer(project: "\(project.id)", version: version))
    let path = folder.features(project: "\(project.id)", version: version)
    // Whatever an update that never came to its end left under this version.
    try? FileManager.default.removeItem(atPath: path)
    let set = FeatureSet(version: version, dimension: featurizer.dimension, rows: 0, fittedOn: rows)
    do throws(FeatureFileError) {
      return Entry(
        set: set, featurizer: featurizer,
        file: try FeatureMatrixFile(path: path, dimension: featurizer.dimension, rows: 0))
    } catch {
      throw explained(error)
    }
  }

  /// A disk that refuses is known by its own name, so that the round waits for it.
  private func explained(_ error: FeatureFileError) -> any Error {
    guard case .system(_, let path, let code) = error, StorageFault(code: code) != nil else { return error }
    return folder.noted(.system(code, path: path))
  }

  private func append(
    to entry: inout Entry, project: ProjectID, rows: Int, progress: (Double) -> Void, isCancelled: () -> Bool
  ) throws {
    // Rows that an update left behind when it was cancelled are in the file already, though the database counts them
    // only now.
    let counted = entry.set.rows
    let first = entry.file.rows
    for start in stride(from: first, to: rows, by: Self.blockSize) {
      if isCancelled() { throw FeatureError.cancelled }
      let block = start..<min(start + Self.blockSize, rows)
      let contents = try store.read { try $0.contents(in: project, rows: block) }
      var matrix = Matrix(rows: block.count, columns: entry.set.dimension)
      var places: [Int] = []
      var items: [RawItem] = []
      for content in contents {
        guard let raw = rawItem(content.content, embedding: content.embedding) else { continue }
        places.append(content.row - block.lowerBound)
        items.append(raw)
      }
      // Content is checked at import; a picture that was damaged since then keeps a row of zeros.
      let computed = try featuresSkippingBadRows(items, entry.featurizer)
      let width = entry.set.dimension
      matrix.withUnsafeMutableBufferPointer { target in
        computed.withUnsafeBufferPointer { source in
          for (index, place) in places.enumerated() {
            for column in 0..<width { target[place * width + column] = source[index * width + column] }
          }
        }
      }
      _ = try entry.file.append(matrix)
      progress(0.5 + 0.5 * Double(block.upperBound - first) / Double(rows - first))
    }
    entry.set.rows = entry.file.rows
    guard entry.set.rows != counted else { return }
    let (set, now) = (entry.set, clock())
    let old = try store.writeAndWait { connection in
      try connection.saveFeatureSet(set, of: project, now: now)
      return try connection.deleteFeatureSets(of: project, before: set.version)
    }
    for version in old {
      try? FileManager.default.removeItem(atPath: folder.features(project: "\(project)", version: version))
    }
  }

  private func featuresSkippingBadRows(_ items: [RawItem], _ featurizer: AnyFeaturizer) throws -> Matrix {
    var usable = items
    while true {
      do {
        return try featurizer.features(of: usable, pool: .shared)
      } catch FeatureError.row(let index, _) {
        usable[index] = Self.blank(like: usable[index], dimension: featurizer.dimension)
      }
    }
  }

  private static func blank(like item: RawItem, dimension: Int) -> RawItem {
    switch item {
    case .text: .text("")
    case .vector: .vector([Float](repeating: 0, count: dimension))
    case .image: .image((try? ImageCodec.encodePNG(DecodedImage(width: 1, height: 1, channels: 1, pixels: [0]))) ?? [])
    }
  }

  /// An item as featurizers take it: the caller's embedding wins.
  func rawItem(_ content: ItemContent, embedding: [Float]?) -> RawItem? {
    if let embedding { return .vector(embedding) }
    switch content {
    case .text(let text): return .text(text)
    case .vector(let vector): return .vector(vector)
    case .image(let hash, _): return (try? blobs.bytes(of: hash)).map(RawItem.image)
    }
  }

  /// Removes everything that was computed for a project.
  func forget(_ project: ProjectID) {
    entries.withLock { $0[project] = nil }
    let path = folder.path + "/features"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name.hasPrefix("\(project).v")
    {
      try? FileManager.default.removeItem(atPath: path + "/" + name)
    }
  }
}

extension Project {
  /// How much of its images features keep: a convolutional network reads pixels.
  fileprivate var imageDetail: ImageDetail { settings.trainer.model == .convolutional ? .pixels : .vectors }
}

extension AnyFeaturizer {
  /// Whether it keeps as much of the items as the project's network reads.
  fileprivate func suits(_ project: Project) -> Bool {
    if case .image(let featurizer) = self { featurizer.detail == project.imageDetail } else { true }
  }
}
