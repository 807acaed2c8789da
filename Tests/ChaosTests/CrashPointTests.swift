import FlashSale
import Foundation
import ShopSupport
import Testing

/// Processes that kill themselves at every named point, alone and one after the other.
///
/// `FLASHSALE_TEST_CRASH_PAIRS=all` runs every ordered pair; without it each point is met once as the first and once as the
/// second of a pair.
@Suite("Chaos: crash points")
struct CrashPointTests {
    /// Those of a draw have a test of their own.
    private static let points = CrashPoint.allCases.filter { !$0.isOfDraw }
    /// Pairs are spread over so many shops that run at the same time.
    private static let lanes = 3

    @Test("Whoever dies wherever, whoever dies after that: every promised place is decided once, and the books balance")
    func everyPair() async throws {
        let pairs = Self.pairs()
        let lanes = (0..<Self.lanes).map { lane in
            pairs.enumerated().filter { $0.offset % Self.lanes == lane }.map(\.element)
        }
        let problems = try await withThrowingTaskGroup(of: [String].self) { group in
            for lane in lanes { group.addTask { try await Self.run(lane) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(problems.isEmpty)
        let firsts = Set(pairs.map(\.0))
        let seconds = Set(pairs.map(\.1))
        #expect(firsts.count == Self.points.count && seconds.count == Self.points.count)
        print("Crash points: \(Self.points.map(\.rawValue).joined(separator: ", "))")
        print("\(pairs.count) of \(Self.points.count * Self.points.count) ordered pairs were run")
    }

    private static func pairs() -> [(CrashPoint, CrashPoint)] {
        let points = points
        if ProcessInfo.processInfo.environment["FLASHSALE_TEST_CRASH_PAIRS"] == "all" {
            return points.flatMap { first in points.map { (first, $0) } }
        }
        // Steps of seven: a point meets one of another kind.
        return points.indices.map { (points[$0], points[($0 * 7 + 3) % points.count]) }
    }

    private static func run(_ pairs: [(CrashPoint, CrashPoint)]) async throws -> [String] {
        let environment = [
            "FLASHSALE_PAYMENTS_SIGNATURE": "none", "FLASHSALE_OUTBOX_URL": "log", "FLASHSALE_LOG_LEVEL": "warning",
            // Every scenario has a product of its own, and one worker serves them all.
            "FLASHSALE_WORKER_MAX_PRODUCTS": "10000",
        ]
        let problems = Problems()
        try await RunningShop.with(workers: 0, environment: environment) { shop in
            for (first, second) in pairs {
                do {
                    let scenario = try await CrashScenario(shop)
                    try await scenario.die(at: first)
                    try await scenario.die(at: second)
                    problems.add(try await scenario.finish(), first, second)
                } catch {
                    problems.add(["\(error)"], first, second)
                    // A worker that is left over would take the next scenario's line.
                    await shop.fleet.stopAll("flashsale-worker")
                }
            }
        }
        return problems.all
    }
}
