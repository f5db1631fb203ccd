import Features
import Formats
import Foundation
import Tensors

extension DataSource {
  /// Reads a folder of images by class.
  func readImageFolder() throws -> LabelledItems {
    let folder = try ImageFolder(path: path)
    var notes = folder.skipped.prefix(1).map {
      "\(folder.skipped.count) files were passed over; the first: \($0.relativePath), since \($0.reason.rawValue)."
    }
    let labelled = folder.images.filter { $0.label != nil }
    if labelled.count < folder.images.count {
      notes.append("\(folder.images.count - labelled.count) images lie in no folder of a class.")
    }
    var items: [RawItem] = []
    var names: [String] = []
    for image in labelled {
      guard let bytes = FileManager.default.contents(atPath: image.path) else {
        throw problem("\(image.relativePath) can't be read.")
      }
      items.append(.image(Array(bytes)))
      names.append(image.label ?? "")
    }
    return LabelledItems(content: .raw(items), names: names, notes: notes)
  }

  /// Reads a zip file of images by class.
  func readImageArchive() throws -> LabelledItems {
    var archive = try ArchiveReader(path: path)
    var items: [RawItem] = []
    var names: [String] = []
    var skipped = 0
    while let entry = try archive.next() {
      guard ["png", "jpg", "jpeg"].contains(entry.fileExtension), let label = entry.folder,
        case .bytes(let bytes) = try archive.content()
      else {
        skipped += 1
        continue
      }
      items.append(.image(bytes))
      names.append(label)
    }
    let notes = skipped == 0 ? [] : ["\(skipped) entries are no readable image in a folder of its class."]
    return LabelledItems(content: .raw(items), names: names, notes: notes)
  }

  /// Reads a pair of IDX files: images in `0...1`, and labels.
  func readIDX() throws -> LabelledItems {
    let paths = path.split(separator: ",").map(String.init)
    guard paths.count == 2 else { throw problem("IDX is read as two files: images.gz,labels.gz.") }
    let images = try IDXFile(path: paths[0])
    let labels = try IDXFile(path: paths[1])
    guard images.shape.count >= 2, labels.shape.count == 1 else {
      throw problem("the first file must hold images and the second labels, one number each.")
    }
    guard images.shape[0] == labels.shape[0] else {
      throw problem("there are \(images.shape[0]) images but \(labels.shape[0]) labels.")
    }
    let shape =
      images.shape.count == 3 ? ImageShape(height: images.shape[1], width: images.shape[2], channels: 1) : nil
    let width = images.shape.dropFirst().reduce(1, *)
    return LabelledItems(
      content: .numbers(
        Self.matrix(rows: images.shape[0], columns: width) { Float(images.bytes[$0]) / 255 },
        modality == .vector ? nil : shape),
      names: labels.bytes.map { "\($0)" })
  }

  /// Reads `X` and `y` of an NPZ file; bytes are taken for pixels and brought to `0...1`.
  func readNPZ() throws -> LabelledItems {
    let arrays = try NPZFile.read(path: path)
    guard let x = arrays["X"] ?? arrays["x"], let y = arrays["y"] else {
      throw problem("it has \(arrays.keys.sorted().joined(separator: ", ")), but X and y are needed.")
    }
    guard let n = x.shape.first, y.shape == [n], x.shape.count >= 2 else {
      throw problem("X \(x.shape) and y \(y.shape) do not fit: X is (n, …) and y is (n).")
    }
    let values = x.numbers
    guard !values.isEmpty else { throw problem("X holds no numbers.") }
    if let bad = values.firstIndex(where: { !$0.isFinite }) {
      throw problem("X is not finite in row \(bad / max(1, values.count / n)).")
    }
    var shape: ImageShape?
    if modality != .vector, x.shape.count == 3 || x.shape.count == 4 {
      shape = ImageShape(height: x.shape[1], width: x.shape[2], channels: x.shape.count == 4 ? x.shape[3] : 1)
    }
    let scale: Float = x.isByte ? 1 / 255 : 1
    let matrix = Self.matrix(rows: n, columns: values.count / n) { values[$0] * scale }
    return LabelledItems(content: .numbers(matrix, shape), names: y.names)
  }

  private static func matrix(rows: Int, columns: Int, _ value: (Int) -> Float) -> Matrix {
    var matrix = Matrix(rows: rows, columns: columns)
    matrix.withUnsafeMutableBufferPointer { values in for index in values.indices { values[index] = value(index) } }
    return matrix
  }
}
