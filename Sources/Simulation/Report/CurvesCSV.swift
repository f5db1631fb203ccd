import Formats

extension SimulationResult {
  /// All points of all curves as CSV: `strategy,seed,labels,accuracy,macro_f1,nll,ece,outlier_share,seconds`.
  ///
  /// All columns but the last are the same for the same seeds.
  public var csv: [UInt8] {
    let writer = CSVWriter()
    var bytes = writer.record(
      ["strategy", "seed", "labels", "accuracy", "macro_f1", "nll", "ece", "outlier_share", "seconds"])
    for curve in curves {
      for row in curve.rows {
        let measured = [row.accuracy, row.macroF1, row.nll, row.ece, row.outlierShare].map { decimals($0, 6) }
        let fields = [curve.strategy, "\(curve.seed)", "\(row.labels)"] + measured + [decimals(row.seconds, 4)]
        writer.append(fields, to: &bytes)
      }
    }
    return bytes
  }
}

/// A number with a fixed count of decimals, whatever the locale.
func decimals(_ value: Double, _ count: Int) -> String {
  guard value.isFinite else { return "" }
  var scale = 1.0
  for _ in 0..<count { scale *= 10 }
  let scaled = (abs(value) * scale).rounded()
  guard scaled < 0x1p53 else { return "\(value)" }
  let digits = String(Int(scaled))
  let padded = String(repeating: "0", count: max(0, count + 1 - digits.count)) + digits
  let sign = value < 0 && scaled > 0 ? "-" : ""
  if count == 0 { return sign + padded }
  return sign + padded.dropLast(count) + "." + padded.suffix(count)
}
