import MariaDB
import Testing

/// What goes into a column comes out of it, at the edges of every type.
struct MariaDBTypesTests {
    private static func moment(_ year: Int, _ month: Int, _ day: Int, _ microsecond: Int = 0) -> MariaDBValue {
        guard let moment = MariaDBDateTime(year: year, month: month, day: day, microsecond: microsecond) else {
            return .null
        }
        return .dateTime(moment)
    }

    private static let lastMoment = MariaDBDateTime(
        year: 9_999,
        month: 12,
        day: 31,
        hour: 23,
        minute: 59,
        second: 59,
        microsecond: 999_999
    )

    /// Column types with values that must survive a round trip.
    static let roundTrips: [(type: String, values: [MariaDBValue])] = [
        ("BIGINT", [.integer(.min), -1, 0, .integer(.max)]),
        ("BIGINT UNSIGNED", [.unsigned(0), .unsigned(UInt64(Int64.max) + 1), .unsigned(.max)]),
        ("INT", [.integer(Int64(Int32.min)), .integer(Int64(Int32.max))]),
        ("INT UNSIGNED", [.unsigned(0), .unsigned(UInt64(UInt32.max))]),
        ("SMALLINT", [-32_768, 32_767]),
        ("MEDIUMINT", [-8_388_608, 8_388_607]),
        ("TINYINT(1)", [0, 1, -128, 127]),
        ("DOUBLE", [.double(0), .double(-0.1), .double(.leastNonzeroMagnitude), .double(.greatestFiniteMagnitude)]),
        ("DECIMAL(20,4)", ["-1234567890123456.7891", "0.0000", "9999999999999999.9999"]),
        ("VARCHAR(100)", ["", "žluťoučký kůň", "🛒🧑‍🚀\u{10FFFF}", "a\u{0}b", " trailing "]),
        ("TEXT", ["", .string(String(repeating: "é", count: 20_000))]),
        ("VARBINARY(100)", [.bytes([]), .bytes([0, 0, 255]), .bytes(Array(0...99))]),
        ("BINARY(4)", [.bytes([1, 0, 0, 2])]),
        ("LONGBLOB", [.bytes([]), .bytes((0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31) })]),
        ("JSON", [#"{"a": [1, "é"]}"#]),
        ("ENUM('red', 'green')", ["green"]),
        (
            "DATETIME(6)",
            [moment(1, 1, 1), moment(1_969, 12, 31, 1), .dateTime(lastMoment ?? .init(microsecondsSinceEpoch: 0))]
        ),
        ("TIMESTAMP(6)", [moment(2_026, 2, 28, 123_456)]),
        ("DATE", ["2024-02-29"]),
        ("TIME(3)", ["-838:59:58.999", "00:00:00.001"]),
        ("YEAR", [.unsigned(2_026)]),
    ]

    @Test("Values survive a round trip, and NULL stays NULL", arguments: roundTrips.indices)
    func roundTrip(index: Int) async throws {
        let (type, values) = Self.roundTrips[index]
        try await withMariaDB { client in
            let read = try await client.withConnection { connection in
                try connection.execute("CREATE TABLE t (id INT PRIMARY KEY, value \(type) NULL)")
                for (id, value) in (values + [.null]).enumerated() {
                    try connection.execute("INSERT INTO t VALUES (?, ?)", [.integer(Int64(id)), value])
                }
                return try connection.query("SELECT value FROM t ORDER BY id").map { try $0.value("value") }
            }
            #expect(read == values + [.null])
        }
    }

    @Test("A batch stores the same as single statements", arguments: roundTrips.indices)
    func batchRoundTrip(index: Int) async throws {
        let (type, values) = Self.roundTrips[index]
        try await withMariaDB { client in
            let read = try await client.withConnection { connection in
                try connection.execute("CREATE TABLE t (id INT PRIMARY KEY, value \(type) NULL)")
                let rows = ([.null] + values).enumerated().map { [.integer(Int64($0.offset)), $0.element] }
                try connection.executeBatch("INSERT INTO t VALUES (?, ?)", rows: rows)
                return try connection.query("SELECT value FROM t ORDER BY id").map { try $0.value("value") }
            }
            #expect(read == [.null] + values)
        }
    }

    @Test("A float and a bit field come as double and as bytes")
    func floatAndBit() async throws {
        let row = try await firstRow("SELECT CAST(0.5 AS FLOAT) AS f, b'101' + 0 AS n, CAST(1.5 AS DOUBLE) AS d")
        #expect(try row.double("f") == 0.5)
        #expect(try row.int("n") == 5)
        #expect(try row.double("d") == 1.5)
    }

    @Test("A parameter's type is the type of the column that it becomes")
    func parametersAsColumns() async throws {
        // The same statement with other types each time: the cached statement must follow.
        let values: [MariaDBValue] = [.integer(.min), .unsigned(.max), .double(2.5), "🛒", .bytes([0, 255]), nil, 1]
        try await withMariaDB { client in
            let read = try await client.withConnection { connection in
                try values.map { try connection.query("SELECT ? AS value", [$0])[0].value("value") }
            }
            #expect(read == values)
        }
    }

    @Test(
        "A value that is too long or out of range is refused, never bent",
        arguments: [
            ("TINYINT", MariaDBValue.integer(128), 1_264), ("INT UNSIGNED", -1, 1_264), ("VARCHAR(2)", "abc", 1_406),
            ("DECIMAL(3,1)", "100.0", 1_264), ("INT CHECK (value > 0)", 0, 4_025),
        ] as [(String, MariaDBValue, UInt32)]
    )
    func refusedValues(type: String, value: MariaDBValue, code: UInt32) async throws {
        try await withMariaDB { client in
            let error = try await #require(throws: MariaDBError.self) {
                try await client.withConnection { connection in
                    try connection.execute("CREATE TABLE t (value \(type))")
                    try connection.execute("INSERT INTO t VALUES (?)", [value])
                }
            }
            #expect(error.code == code)
            #expect(error.kind == .entry)
            #expect(error.statement == "INSERT INTO t VALUES (?)")
        }
    }

    @Test("A wrong number of parameters is our bug, and leaves the connection usable")
    func wrongParameterCount() async throws {
        try await withMariaDB { client in
            try await client.withConnection { connection in
                let error = #expect(throws: MariaDBError.self) { try connection.query("SELECT ? + ?", [1]) }
                #expect(error?.kind == .bug)
                #expect(error?.message == "the statement has 2 parameters, not 1")
                let sum = try connection.query("SELECT ? + ? AS sum", [1, 2])[0].int("sum")
                #expect(sum == 3)
            }
        }
    }

    private func firstRow(_ sql: String) async throws -> MariaDBRow {
        try await withMariaDB { client in
            try #require(try await client.withConnection { try $0.query(sql) }.first)
        }
    }
}
