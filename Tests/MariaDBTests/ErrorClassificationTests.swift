import Testing

@testable import MariaDB

/// The table "Errors of MariaDB" of the design, walked completely.
struct ErrorClassificationTests {
    typealias Kind = MariaDBError.Kind
    typealias Phase = MariaDBError.Phase

    static let afterConnecting = Phase.allCases.filter { $0 != .connecting }

    /// Codes that mean the same wherever they come up.
    static let fixedKinds: [UInt32: Kind] = [
        1_213: .retry, 1_020: .retry, 1_614: .retry,
        1_205: .lockWaitTimeout,
        1_040: .cannotConnect, 1_203: .cannotConnect, 2_002: .cannotConnect, 2_003: .cannotConnect,
        1_290: .cannotWrite, 1_836: .cannotWrite, 1_021: .cannotWrite, 1_114: .cannotWrite, 1_026: .cannotWrite,
        1_062: .alreadyExists,
        1_264: .entry, 1_406: .entry, 1_690: .entry, 4_025: .entry,
        2_014: .bug, 0: .bug,
    ]

    /// Codes of a connection or a statement that was cut off; the last three are losses that TLS or the packet's frame
    /// noticed first.
    static let interruptions: [UInt32] = [
        2_006, 2_013, 1_927, 1_053, 1_158, 1_159, 1_160, 1_161, 1_317, 1_180, 2_026, 2_027, 5_014,
    ]

    @Test("A fixed code means the same in every phase", arguments: fixedKinds.keys.sorted(), afterConnecting)
    func fixedCodes(code: UInt32, phase: Phase) {
        #expect(MariaDBError.kind(ofCode: code, during: phase) == Self.fixedKinds[code])
    }

    @Test("An interruption leaves the outcome open only where something commits", arguments: interruptions)
    func interruptedStatements(code: UInt32) {
        #expect(MariaDBError.kind(ofCode: code, during: .read) == .retry)
        #expect(MariaDBError.kind(ofCode: code, during: .transaction) == .retry)
        #expect(MariaDBError.kind(ofCode: code, during: .write) == .unknownOutcome)
        #expect(MariaDBError.kind(ofCode: code, during: .commit) == .unknownOutcome)
    }

    @Test("The statement timeout of COMMIT leaves the outcome open")
    func statementTimeout() {
        #expect(MariaDBError.kind(ofCode: 1_969, during: .commit) == .unknownOutcome)
        for phase in [Phase.read, .write, .transaction] {
            #expect(MariaDBError.kind(ofCode: 1_969, during: phase) == .statementTimeout)
        }
    }

    @Test("Every code while connecting means that nothing was begun")
    func connecting() {
        for code in Array(UInt32(0)...6_000) {
            #expect(MariaDBError.kind(ofCode: code, during: .connecting) == .cannotConnect)
        }
    }

    @Test("Every other code is other, but the library's own on COMMIT leave the outcome open")
    func otherCodes() {
        let listed = Set(Self.fixedKinds.keys).union(Self.interruptions).union([1_969])
        for code in UInt32(1)...6_000 where !listed.contains(code) {
            for phase in [Phase.read, .write, .transaction] {
                #expect(MariaDBError.kind(ofCode: code, during: phase) == .other)
            }
            let isLibraryCode = (2_000..<3_000).contains(code) || (5_000..<6_000).contains(code)
            #expect(MariaDBError.kind(ofCode: code, during: .commit) == (isLibraryCode ? .unknownOutcome : .other))
        }
    }

    @Test(
        "A connection is dropped when replies may be missing",
        arguments: [2_006, 2_013, 2_014, 2_026, 5_003, 1_927, 1_053, 1_153, 1_158, 1_161] as [UInt32]
    )
    func droppedConnections(code: UInt32) {
        #expect(!MariaDBError.leavesConnectionUsable(code))
    }

    @Test(
        "A connection is kept after an answer",
        arguments: [0, 1_062, 1_205, 1_213, 1_290, 1_317, 1_969, 4_025] as [UInt32]
    )
    func keptConnections(code: UInt32) {
        #expect(MariaDBError.leavesConnectionUsable(code))
    }

    @Test(
        "A statement that only reads is known by its first word",
        arguments: ["SELECT 1", "\n  select * from t", "SHOW TABLES", "explain SELECT 1", "DESCRIBE t"]
    )
    func reads(sql: String) {
        #expect(MariaDBConnection.onlyReads(sql))
    }

    @Test(
        "Any other statement is taken for a write",
        arguments: ["UPDATE t SET a = 1", "INSERT INTO t SELECT 1", "/* x */ SELECT 1", "", "SELECTED", "CALL p()"]
    )
    func writes(sql: String) {
        #expect(!MariaDBConnection.onlyReads(sql))
    }
}
