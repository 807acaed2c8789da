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
    func agreement(part: Int) throws {
        let loop = EmbeddedEventLoop()
        let full = try ConnectionReplay(usesFastPath: false)
        let (whole, cut) = (try ConnectionReplay(usesFastPath: true), try ConnectionReplay(usesFastPath: true))
        var mutator = RequestMutator(seed: Self.seed &+ UInt64(part))
        var (differences, accepted, number) = (0, 0, 0)
        while mutator.count < Self.count / Self.parts {
            let bytes = mutator.next()
            number += 1
            let cuts =
                number.isMultiple(of: 8) && bytes.count < 400 ? Array(1..<bytes.count) : mutator.cuts(of: bytes.count)
            let otherCuts = number.isMultiple(of: 2) ? mutator.cuts(of: bytes.count) : []
            let expected = try full.run(Self.portions(of: bytes, otherCuts), on: loop)
            accepted += expected.answers.count { $0.hasPrefix("20") }
            for (server, cuts) in [(whole, []), (cut, cuts)] {
                let outcome = try server.run(Self.portions(of: bytes, cuts), on: loop)
                guard outcome != expected else { continue }
                differences += 1
                guard differences <= 3 else { continue }
                Issue.record(
                    """
                    \(String(decoding: bytes, as: UTF8.self).debugDescription)
                    with the fast path, cut at \(cuts): \(outcome)
                    without, cut at \(otherCuts): \(expected)
                    """
                )
            }
        }
        #expect(differences == 0)
        // Mutations that nobody takes would all be refused alike, and show nothing.
        #expect(accepted > mutator.count / 4)
        print(
            "differential fuzzing \(part + 1)/\(Self.parts): \(mutator.count) requests × 3 cuts: \(differences) differences; "
                + "\(accepted) were answered 200 or 202"
        )
    }

    private static func portions(of bytes: [UInt8], _ cuts: [Int]) -> [ArraySlice<UInt8>] {
        zip([0] + cuts, cuts + [bytes.count]).map { bytes[$0..<$1] }
    }
}
