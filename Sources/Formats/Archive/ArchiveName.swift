/// Names in zip files: UTF-8, or the code page of the first IBM PC (APPNOTE 6.3, appendix D).
enum ArchiveName {
  /// The characters of code page 437 from 0x80 on.
  private static let upperHalf: [Character] = Array(
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}"
  )

  /// The name that bytes stand for.
  ///
  /// Many writers don't say that a name is UTF-8, so what can be UTF-8 is taken for it. Different bytes give different
  /// names, so that no two files become one.
  static func decode(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    return String(bytes.map { $0 < 0x80 ? Character(Unicode.Scalar($0)) : upperHalf[Int($0) - 0x80] })
  }
}
