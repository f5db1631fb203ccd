import Storage

extension LabelingService {
  /// Pictures that are looked at in one write.
  private static let removalsAtOnce = 200

  /// Removes the files of pictures that nothing refers to any more, once that is on disk.
  ///
  /// Inside a write of their own: the same picture may be coming in again at this moment. What a crash leaves behind is
  /// found by an examination.
  func removeUnreferenced(_ hashes: [String]) async throws {
    for start in stride(from: 0, to: hashes.count, by: Self.removalsAtOnce) {
      let some = hashes[start..<min(start + Self.removalsAtOnce, hashes.count)]
      try await store.write { [blobs] connection in
        for hash in some where try !connection.isReferenced(imageHash: hash) { blobs.remove(hash) }
      }
    }
  }
}
