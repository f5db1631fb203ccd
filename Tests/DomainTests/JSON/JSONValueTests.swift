import Domain
import Foundation
import Testing

@Suite struct JSONValueTests {
  @Test func escapesWhatJSONAndPagesNeed() {
    let text: JSONValue = .string("\"\\/\n\r\t\u{1}\u{1F}</script> é 漢 🙂 \u{7F}")
    #expect(text.text() == #""\"\\/\n\r\t\u0001\u001f\u003c/script> é 漢 🙂 "# + "\u{7F}\"")
  }

  @Test func writesNumbers() {
    #expect(JSONValue.array([0, -1, 1.5, -0.0, 1e17, 3e-7, 12345678.0]).text() == "[0,-1,1.5,0,1e+17,3e-07,12345678]")
    #expect(JSONValue.integer(.max).text() == "9223372036854775807")
    #expect(JSONValue.array([.number(.nan), .number(.infinity), .number(-.infinity)]).text() == "[null,null,null]")
  }

  @Test func keepsTheOrderOfMembers() {
    let value: JSONValue = ["z": 1, "a": [true, nil], "m": ["k<": "v"]]
    #expect(value.text() == #"{"z":1,"a":[true,null],"m":{"k\u003c":"v"}}"#)
    #expect(value["a"] == [true, nil])
    #expect(value["none"] == nil)
    #expect(value != ["a": [true, nil], "z": 1, "m": ["k<": "v"]])
    #expect(JSONValue.raw(#"{"x":1}"#).text() == #"{"x":1}"#)
    #expect(JSONValue.array([.optional(nil as String?), .optional(2), .optional(0.5)]).text() == "[null,2,0.5]")
  }

  @Test func readsWhatItWrote() throws {
    let text = #"{"a":[1,2.5,-3,true,false,null,"x\u003cy"],"b":{"c":{}},"d":[],"e":9007199254740993}"#
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    #expect(value.text() == text)
    #expect(value["e"] == .integer(9_007_199_254_740_993))
    let again = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
    #expect(again == value)
  }

  @Test func isReadByFoundationAsTheSameText() throws {
    for scalar in (0...0x2FF).compactMap(UnicodeScalar.init) {
      let text = "a" + String(Character(scalar)) + "b"
      let read = try JSONDecoder().decode([String].self, from: Data(JSONValue.array([.string(text)]).serialized()))
      #expect(read == [text])
    }
  }
}
