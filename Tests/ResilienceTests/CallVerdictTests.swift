import Redis
import Testing

@testable import MariaDB
@testable import Resilience

@Suite("What the end of a call says of a store")
struct CallVerdictTests {
    private struct SaidNo: Error {}

    private func mariaDB(_ code: UInt32, _ phase: MariaDBError.Phase = .transaction) -> MariaDBError {
        let failure = LibraryError(code: code, sqlState: "HY000", message: "")
        return MariaDBError(failure, during: phase, statement: nil, file: #fileID, line: #line)
    }

    @Test(
        "Redis: away or silent is a failure",
        arguments: [
            RedisError.Code.notConnected, .timedOut, .connectionLost, .authenticationFailed, .protocolViolation,
        ]
    )
    func redisFailures(code: RedisError.Code) {
        #expect(CallVerdict(of: RedisError(code, "")) == .failed)
    }

    @Test("Redis: our own bound and our own end say nothing", arguments: [RedisError.Code.tooManyInFlight, .shutDown])
    func redisNothing(code: RedisError.Code) {
        #expect(CallVerdict(of: RedisError(code, "")) == .saysNothing)
    }

    @Test(
        "Redis: an error that it answers to everything is a failure, any other is an answer",
        arguments: [
            ("LOADING", true), ("BUSY", true), ("MASTERDOWN", true), ("OOM", false), ("READONLY", false),
            ("MISCONF", false), ("NOSCRIPT", false), ("NOPERM", false), ("ERR", false),
        ]
    )
    func redisServerErrors(code: String, isOutage: Bool) {
        let error = RedisError(.server, "", serverError: RedisServerError(code: code, message: ""))
        #expect(CallVerdict(of: error) == (isOutage ? .failed : .works))
    }

    @Test(
        "MariaDB: away, or gone in the middle, is a failure",
        arguments: [2_002, 2_003, 2_006, 2_013, 1_927, 1_053, 1_040, 1_203] as [UInt32]
    )
    func mariaDBFailures(code: UInt32) {
        let error = mariaDB(code)
        #expect(CallVerdict(of: error) == .failed)
        #expect(CallVerdict(of: MariaDBTransactionError(.init(body: error), attempts: 3)) == .failed)
    }

    @Test("MariaDB: a commit whose answer was lost is a failure")
    func unknownOutcome() {
        let error = mariaDB(2_013, .commit)
        #expect(error.kind == .unknownOutcome)
        #expect(
            CallVerdict(of: MariaDBTransactionError(.init(commit: error), attempts: 1)) == .failed
        )
    }

    @Test(
        "MariaDB: deadlocks, locks, a full or read-only server and bad rows are answers",
        arguments: [1_213, 1_020, 1_614, 1_205, 1_290, 1_836, 1_021, 1_114, 1_026, 1_062, 1_264, 1_406, 1_969]
            as [UInt32]
    )
    func mariaDBAnswers(code: UInt32) {
        let error = mariaDB(code)
        #expect(CallVerdict(of: error) == .works)
        #expect(CallVerdict(of: MariaDBTransactionError(.init(body: error), attempts: 3)) == .works)
    }

    @Test("MariaDB: our own full queue says nothing", arguments: [MariaDBError.Kind.overloaded, .shutDown])
    func mariaDBNothing(kind: MariaDBError.Kind) {
        #expect(CallVerdict(of: MariaDBError(kind, "", file: #fileID, line: #line)) == .saysNothing)
    }

    @Test("Of several replies, one that Redis gives to everything is a failure, any other is an answer")
    func replies() {
        func error(_ code: String) -> RedisReply { .error(RedisServerError(code: code, message: "")) }
        #expect(CallVerdict(of: []) == .works)
        #expect(CallVerdict(of: [.integer(1), error("OOM"), error("NOSCRIPT")]) == .works)
        #expect(CallVerdict(of: [error("LOADING"), .integer(1)]) == .failed)
        #expect(CallVerdict(of: [.integer(1), error("BUSY")]) == .failed)
    }

    @Test("What the caller's own code throws is an answer; a call that was cancelled or not made says nothing")
    func others() {
        #expect(CallVerdict(of: SaidNo()) == .works)
        #expect(CallVerdict(of: MariaDBTransactionError(.init(body: SaidNo()), attempts: 1)) == .works)
        #expect(CallVerdict(of: CancellationError()) == .saysNothing)
        #expect(CallVerdict(of: CircuitOpen(store: "redis", retryAfter: .zero)) == .saysNothing)
    }
}
