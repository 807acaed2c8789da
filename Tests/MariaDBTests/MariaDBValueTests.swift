import Testing

@testable import MariaDB

struct MariaDBValueTests {
    @Test("Literals make values")
    func literals() {
        let values: [MariaDBValue] = [7, "text", nil, -9_223_372_036_854_775_808]
        #expect(values == [.integer(7), .string("text"), .null, .integer(.min)])
    }

    @Test("Text that is not UTF-8 is an error, not repaired")
    func invalidText() {
        let column = ResultColumn(storage: .text, capacity: 64)
        for bytes: [UInt8] in [[0xFF], [0x41, 0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] {
            let error = #expect(throws: LibraryError.self) {
                try bytes.withUnsafeBytes { try column.value($0, name: "user") }
            }
            #expect(error == .misuse("column \"user\" holds text that is not valid UTF-8"))
        }
    }

    @Test("Any text that is UTF-8 comes through")
    func validText() throws {
        let column = ResultColumn(storage: .text, capacity: 64)
        for text in ["", "a\u{0}b", "žluťoučký", "🛒🧑‍🚀", "\u{10FFFF}"] {
            let value = try Array(text.utf8).withUnsafeBytes { try column.value($0, name: "user") }
            #expect(value == .string(text))
        }
    }

    @Test("The empty date of older tables is an error")
    func emptyDate() {
        let column = ResultColumn(storage: .dateTime, capacity: 64)
        let nothing = [UInt8](repeating: 0, count: 64)
        let error = #expect(throws: LibraryError.self) {
            try nothing.withUnsafeBytes { try column.value($0, name: "at") }
        }
        #expect(error == .misuse("column \"at\" holds a date that does not exist"))
    }

    @Test(
        "A moment outside of the years 0 to 9999 is refused before it is sent",
        arguments: [Int64.min, -62_167_219_200_000_001, 253_402_300_800_000_000, .max]
    )
    func momentsOutOfRange(microseconds: Int64) {
        let value = MariaDBValue.dateTime(MariaDBDateTime(microsecondsSinceEpoch: microseconds))
        #expect(throws: LibraryError.self) { try ParameterBinding.withBinds(for: [value]) { _ in } }
        #expect(throws: LibraryError.self) { try BatchBinding.withBinds(for: [[value]], columnCount: 1) { _ in } }
    }

    @Test("A batch must have rows of the statement's width")
    func batchWidth() {
        let error = #expect(throws: LibraryError.self) {
            try BatchBinding.withBinds(for: [[1, 2], [1]], columnCount: 2) { _ in }
        }
        #expect(error == .misuse("row 1 of the batch has 1 values, not 2"))
    }

    @Test("A batch's column must hold values of one kind, or NULL")
    func batchKinds() {
        let error = #expect(throws: LibraryError.self) {
            try BatchBinding.withBinds(for: [[nil], [1], ["text"]], columnCount: 1) { _ in }
        }
        #expect(error == .misuse("column 0 of the batch holds an integer and, in row 2, a string"))
        #expect(throws: LibraryError.self) {
            try BatchBinding.withBinds(for: [[.integer(1)], [.unsigned(1)]], columnCount: 1) { _ in }
        }
    }
}
