import Foundation
import NIOEmbedded
import Testing

@testable import FlashSaleAPI

/// One server, two ways through it, and TCP that cuts where it likes: nobody may be able to tell them apart.
@Suite("Differential fuzzing")
struct DifferentialTests {
    /// How many connections are tried; more with `FLASHSALE_TEST_HTTP_REQUESTS`.
    private static let count =
        ProcessInfo.processInfo.environment["FLASHSALE_TEST_HTTP_REQUESTS"].flatMap(Int.init) ?? 20_480
    private static let seed =
        ProcessInfo.processInfo.environment["FLASHSALE_TEST_HTTP_SEED"].flatMap(UInt64.init) ?? 20_261_130
    private static let parts = 8

    /// In parts, each with shops of its own, so that two cores have something to do.
    @Test(
        "With the fast path and without it, however TCP cuts: the same answers, fate and effects",
        arguments: 0..<parts
    )
    func agreement(part: Int) async throws {
        let outcome = try await Self.onThread { try Self.replay(part) }
        for difference in outcome.differences.prefix(3) { Issue.record("\(difference)") }
        #expect(outcome.differences.isEmpty)
        // Mutations that nobody takes would all be refused alike, and show nothing.
        #expect(outcome.accepted > outcome.count / 4)
        print(
            "differential fuzzing \(part + 1)/\(Self.parts): \(outcome.count) requests × 3 cuts: "
                + "\(outcome.differences.count) differences; \(outcome.accepted) were answered 200 or 202"
        )
    }

    private struct Outcome: Sendable {
        var differences: [String] = []
        var accepted = 0
        var count = 0
    }

    private static func replay(_ part: Int) throws -> Outcome {
        let loop = EmbeddedEventLoop()
        let full = try ConnectionReplay(usesFastPath: false)
        let (whole, cut) = (try ConnectionReplay(usesFastPath: true), try ConnectionReplay(usesFastPath: true))
        var mutator = RequestMutator(seed: seed &+ UInt64(part))
        var result = Outcome()
        var number = 0
        while mutator.count < count / parts {
            let bytes = mutator.next()
            number += 1
            let cuts =
                number.isMultiple(of: 8) && bytes.count < 400 ? Array(1..<bytes.count) : mutator.cuts(of: bytes.count)
            let otherCuts = number.isMultiple(of: 2) ? mutator.cuts(of: bytes.count) : []
            let expected = try full.run(portions(of: bytes, otherCuts), on: loop)
            result.accepted += expected.answers.count { $0.hasPrefix("20") }
            for (server, cuts) in [(whole, []), (cut, cuts)] {
                let outcome = try server.run(portions(of: bytes, cuts), on: loop)
                guard outcome != expected else { continue }
                result.differences.append(
                    """
                    \(String(decoding: bytes, as: UTF8.self).debugDescription)
                    with the fast path, cut at \(cuts): \(outcome)
                    without, cut at \(otherCuts): \(expected)
                    """
                )
            }
        }
        result.count = mutator.count
        return result
    }

    /// Works on a thread of its own: an embedded event loop stays on one, and the tests beside this one need those of the pool.
    private static func onThread(_ work: @escaping @Sendable () throws -> Outcome) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try work() }) }
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    private static func portions(of bytes: [UInt8], _ cuts: [Int]) -> [ArraySlice<UInt8>] {
        zip([0] + cuts, cuts + [bytes.count]).map { bytes[$0..<$1] }
    }
}
