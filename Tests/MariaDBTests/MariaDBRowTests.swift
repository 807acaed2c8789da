import Testing

@testable import MariaDB

struct MariaDBRowTests {
    static let moment = MariaDBDateTime(microsecondsSinceEpoch: 1)
    static let row = MariaDBRow(
        columns: RowColumns(names: ["int", "big", "double", "text", "blob", "time", "none", "twice", "twice"]),
        values: [
            .integer(-5), .unsigned(.max), .double(0.5), .string("é"), .bytes([0, 255]), .dateTime(moment), .null, 1, 0,
        ]
    )

    @Test("Columns are found by name and by place")
    func access() throws {
        #expect(try Self.row.int("int") == -5)
        #expect(try Self.row.int(0) == -5)
        #expect(try Self.row.unsigned("big") == .max)
        #expect(try Self.row.double("double") == 0.5)
        #expect(try Self.row.string("text") == "é")
        #expect(try Self.row.bytes("blob") == [0, 255])
        #expect(try Self.row.dateTime("time") == Self.moment)
        #expect(try Self.row.bool(7) == true)
        #expect(try Self.row.bool(8) == false)
        #expect(try Self.row.value("none") == .null)
        #expect(Self.row.columnNames.count == Self.row.values.count)
    }

    @Test("NULL is nil in the optional variants only")
    func nulls() throws {
        #expect(try Self.row.optionalInt("none") == nil)
        #expect(try Self.row.optionalUnsigned("none") == nil)
        #expect(try Self.row.optionalBool("none") == nil)
        #expect(try Self.row.optionalDouble("none") == nil)
        #expect(try Self.row.optionalString("none") == nil)
        #expect(try Self.row.optionalBytes("none") == nil)
        #expect(try Self.row.optionalDateTime("none") == nil)
        #expect(try Self.row.optionalInt("int") == -5)
        expectBug("column \"none\" is NULL") { try $0.int("none") }
        expectBug("column \"none\" is NULL") { try $0.unsigned("none") }
        expectBug("column \"none\" is NULL") { try $0.bool("none") }
        expectBug("column \"none\" is NULL") { try $0.double("none") }
        expectBug("column \"none\" is NULL") { try $0.string("none") }
        expectBug("column \"none\" is NULL") { try $0.bytes("none") }
        expectBug("column 6 is NULL") { try $0.dateTime(6) }
    }

    @Test("Nothing is converted silently")
    func wrongTypes() {
        expectBug("column \"text\" does not hold an integer that fits: it holds a string") { try $0.int("text") }
        expectBug("column \"big\" does not hold an integer that fits") { try $0.int("big") }
        expectBug("column \"int\" does not hold an integer that is not negative") { try $0.unsigned("int") }
        expectBug("column \"int\" does not hold 0 or 1") { try $0.bool("int") }
        expectBug("column \"int\" does not hold a double") { try $0.double("int") }
        expectBug("column \"blob\" does not hold a string") { try $0.string("blob") }
        expectBug("column \"text\" does not hold bytes") { try $0.bytes("text") }
        expectBug("column \"text\" does not hold a date and time") { try $0.dateTime("text") }
        expectBug("column \"text\" does not hold an integer") { try $0.optionalInt("text") }
    }

    @Test("A missing or ambiguous column is named")
    func missingColumns() {
        expectBug("column \"absent\" is not in the result") { try $0.int("absent") }
        expectBug("column \"absent\" is not in the result") { try $0.optionalString("absent") }
        expectBug("column \"INT\" is not in the result") { try $0.int("INT") }
        expectBug("column 9 is not in the result") { try $0.int(9) }
        expectBug("column -1 is not in the result") { try $0.int(-1) }
        expectBug("column \"twice\" is in the result more than once") { try $0.int("twice") }
    }

    @Test("An error points at the caller")
    func sourcePlace() throws {
        let error = try #require(throws: MariaDBError.self) { try Self.row.int("absent") }
        #expect(error.line == #line - 1)
        #expect("\(error.file)".hasSuffix("MariaDBRowTests.swift"))
    }

    private func expectBug<Value>(
        _ message: String,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ read: (MariaDBRow) throws -> Value
    ) {
        let error = #expect(throws: MariaDBError.self, sourceLocation: sourceLocation) { _ = try read(Self.row) }
        #expect(error?.kind == .bug, sourceLocation: sourceLocation)
        #expect(error?.message.hasPrefix(message) == true, sourceLocation: sourceLocation)
    }
}
