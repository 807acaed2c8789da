import FlashSale
import Redis
import Testing

@testable import Assembly
@testable import MariaDB

@Suite("What an error says of a store")
struct StoreVerdictTests {
    private typealias Verdict = GuardedStore.Verdict

    private func unavailable(_ cause: any Error) -> StoreUnavailable {
        StoreUnavailable(reason: "a call failed", cause: cause)
    }

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
        #expect(Verdict.of(unavailable(RedisError(code, ""))) == .failed)
    }

    @Test("Redis: our own bound and our own end say nothing", arguments: [RedisError.Code.tooManyInFlight, .shutDown])
    func redisNothing(code: RedisError.Code) {
        #expect(Verdict.of(unavailable(RedisError(code, ""))) == .saysNothing)
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
        #expect(Verdict.of(unavailable(error)) == (isOutage ? .failed : .works))
    }

    @Test(
        "MariaDB: away, or gone in the middle, is a failure",
        arguments: [2_002, 2_003, 2_006, 2_013, 1_927, 1_053, 1_040, 1_203] as [UInt32]
    )
    func mariaDBFailures(code: UInt32) {
        let error = mariaDB(code)
        #expect(Verdict.of(unavailable(error)) == .failed)
        #expect(Verdict.of(unavailable(MariaDBTransactionError(.init(body: error), attempts: 3))) == .failed)
    }

    @Test("MariaDB: a commit whose answer was lost is a failure")
    func unknownOutcome() {
        let error = mariaDB(2_013, .commit)
        #expect(error.kind == .unknownOutcome)
        #expect(
            Verdict.of(OutcomeUnknown(cause: MariaDBTransactionError(.init(commit: error), attempts: 1))) == .failed
        )
    }

    @Test(
        "MariaDB: deadlocks, locks, a full or read-only server and bad rows are answers",
        arguments: [1_213, 1_020, 1_614, 1_205, 1_290, 1_836, 1_021, 1_114, 1_026, 1_062, 1_264, 1_406, 1_969]
            as [UInt32]
    )
    func mariaDBAnswers(code: UInt32) {
        let error = mariaDB(code)
        #expect(Verdict.of(unavailable(error)) == .works)
        #expect(Verdict.of(unavailable(MariaDBTransactionError(.init(body: error), attempts: 3))) == .works)
    }

    @Test("MariaDB: our own full queue says nothing", arguments: [MariaDBError.Kind.overloaded, .shutDown])
    func mariaDBNothing(kind: MariaDBError.Kind) {
        #expect(Verdict.of(unavailable(MariaDBError(kind, "", file: #fileID, line: #line))) == .saysNothing)
    }

    @Test("What the domain says is an answer, and so is a row that we can't read")
    func domain() throws {
        let product = try #require(ProductID(1))
        #expect(Verdict.of(UnknownSale(product: product)) == .works)
        #expect(Verdict.of(Fenced(product: product, fence: Fence(1))) == .works)
        #expect(Verdict.of(UnstorableEntry(cause: mariaDB(1_406))) == .works)
        #expect(Verdict.of(StoreUnavailable(reason: "a row of orders holds values that no order has")) == .works)
        #expect(Verdict.of(unavailable(CircuitOpen(store: "redis", retryAfter: .zero))) == .saysNothing)
    }
}
