import Domain
import Testing

@Suite struct IdentifierTests {
  @Test(arguments: [("1", 1), ("42", 42), ("9223372036854775807", .max)] as [(String, Int64)])
  func readsWhatItWrote(text: String, number: Int64) {
    #expect(ItemID(text)?.rawValue == number)
    #expect(ItemID(number).description == text)
  }

  @Test(arguments: ["", "0", "-1", "+1", "01", " 1", "1 ", "1.0", "0x1", "9223372036854775808", "٣", "a"])
  func refusesWhatCannotBeOurs(text: String) {
    #expect(ItemID(text) == nil)
  }

  @Test func ordersByAge() {
    #expect([LeaseID(3), LeaseID(1), LeaseID(2)].sorted().map(\.rawValue) == [1, 2, 3])
  }

  @Test func rolesOrderByWhatTheyMayDo() {
    #expect(Role.annotator < .engineer && Role.engineer < .admin && !(Role.admin < .annotator))
  }

  @Test func wordsOfTheContractAreReadBack() {
    for state in ItemState.allCases { #expect(ItemState(name: state.name) == state) }
    for outcome in Outcome.allCases { #expect(Outcome(name: outcome.name) == outcome) }
    #expect(ItemState(name: "leased") == nil && Outcome(name: "Label") == nil)
  }
}
