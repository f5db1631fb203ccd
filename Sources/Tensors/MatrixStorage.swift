/// Memory of a ``Matrix``: 64-byte aligned, so that every row block starts on a cache line, freed with the last owner.
///
/// `@unchecked Sendable`: only ``Matrix`` writes, and only after `isKnownUniquelyReferenced` has shown that no other
/// matrix or view refers to this object; whatever is shared is therefore never written.
@usableFromInline
final class MatrixStorage: @unchecked Sendable {
  @usableFromInline let base: UnsafeMutablePointer<Float>
  let count: Int

  /// Allocates room for `count` floats and leaves them uninitialised.
  init(count: Int) {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    base = memory.bindMemory(to: Float.self, capacity: max(count, 1))
    self.count = count
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  func copy() -> MatrixStorage {
    let other = MatrixStorage(count: count)
    other.base.update(from: base, count: count)
    return other
  }
}
