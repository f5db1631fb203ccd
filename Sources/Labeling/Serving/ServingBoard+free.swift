import Domain

extension ServingBoard {
  /// How many more people may be asked about an open item now.
  func capacity(_ row: Int) -> Int {
    project.settings.overlap - leaseCount[row, default: 0] - Int(pool.opinions[row]) - skips[row, default: 0]
  }

  /// Items that somebody could be asked about now.
  var freeCount: Int { free.others.count + free.reserved.count }

  /// Finds the items that somebody could be asked about, and those that have some of their opinions.
  ///
  /// - Complexity: O(items).
  func collectOpen() {
    free = (RowIndex(), RowIndex())
    partial = ReturnedRows()
    returned.rewind()
    let collectsPartial = project.settings.overlap > 1
    for row in pool.ids.indices where pool.contains(row) && pool.isOpen(row) {
      refreshFree(row)
      guard collectsPartial, pool.opinions[row] > 0 || skips[row, default: 0] > 0 || leaseCount[row] != nil else {
        continue
      }
      partial.append(row, partialProvenance(row))
    }
    somethingCameBack()
  }

  /// Why an item is asked that lacks further opinions.
  func partialProvenance(_ row: Int) -> Provenance {
    Provenance(strategy: "overlap", evaluation: pool.isReserved(row))
  }

  /// Takes note of whether somebody could be asked about an item now: to be called whenever that may have changed.
  ///
  /// - Complexity: O(1).
  func refreshFree(_ row: Int) {
    let isFree = pool.contains(row) && pool.isOpen(row) && capacity(row) > 0
    let changed: Bool
    if pool.isReserved(row) {
      changed = isFree ? free.reserved.insert(row) : free.reserved.remove(row)
    } else {
      changed = isFree ? free.others.insert(row) : free.others.remove(row)
    }
    if changed, isFree { somethingCameBack() }
  }

  /// Forgets for whom nothing was found: something may be theirs now.
  func somethingCameBack() {
    if !satisfied.isEmpty { satisfied = [] }
    if !waiting.isEmpty { hasNews = true }
  }
}
