import Testing

@testable import FlashSaleAdmin

@Suite("Table")
struct TableTests {
    @Test("Columns are as wide as their widest cell; numbers end on the right; no line ends in blanks")
    func alignment() {
        let table = Table([.init("id", .right), .init("name")], rows: [["7", "Lamp"], ["1042", "A"]])
        #expect(
            table.rendered(inColor: false) == """
                  ID  NAME
                   7  Lamp
                1042  A
                """
        )
    }

    @Test("Only the titles are coloured, and only where colour is wanted")
    func color() {
        let table = Table([.init("a")], rows: [["b"]])
        #expect(table.rendered(inColor: true) == "\u{1B}[1mA\u{1B}[0m\nb")
    }

    @Test("Facts have no titles")
    func facts() {
        #expect(
            Table(facts: ["State": "open", "Stock": "3 of 5"]).rendered(inColor: true) == "State  open\nStock  3 of 5"
        )
    }

    @Test("A table without rows still has its titles, and one without anything is empty")
    func empty() {
        #expect(Table([.init("id"), .init("name")], rows: []).rendered(inColor: false) == "ID  NAME")
        #expect(Table(facts: [:]).rendered(inColor: false).isEmpty)
    }

    @Test("A cell can neither end its line nor steer the terminal")
    func controlCharacters() {
        let table = Table(facts: ["Name": "a\nb\u{1B}[2J"])
        #expect(table.rendered(inColor: false) == "Name  a\u{FFFD}b\u{FFFD}[2J")
    }
}
