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
        let servers = try (
            fast: [0, 1, 2].map { _ in try ConnectionReplay(usesFastPath: true) },
            full: try ConnectionReplay(usesFastPath: false)
        )
        var mutator = RequestMutator(seed: Self.seed &+ UInt64(part))
        var differences = 0
        var accepted = 0
        let count = Self.count / Self.parts
        for number in 0..<count {
            let bytes = mutator.next()
            let cuts = mutator.cuts(of: bytes.count)
            let other = mutator.cuts(of: bytes.count)
            let isShort = bytes.count < 400 && number.isMultiple(of: 8)
            let expected = try servers.full.run([bytes[...]], on: loop)
            accepted += expected.answers.count { $0.hasPrefix("20") }
            let outcomes = [
                try servers.fast[0].run([bytes[...]], on: loop),
                try servers.fast[1].run(Self.portions(of: bytes, cuts), on: loop),
                try servers.fast[2].run(
                    isShort ? bytes.indices.map { bytes[$0...$0] } : Self.portions(of: bytes, other),
                    on: loop
                ),
            ]
            for (way, outcome) in zip(["one write", "cut at \(cuts)", isShort ? "bytes" : "cut at \(other)"], outcomes)
            where outcome != expected {
                differences += 1
                guard differences <= 3 else { continue }
                Issue.record(
                    "\(String(decoding: bytes, as: UTF8.self).debugDescription)\n\(way): \(outcome)\nwithout: \(expected)"
                )
            }
        }
        #expect(differences == 0)
        // Mutations that nobody takes would all be refused alike, and show nothing.
        #expect(accepted > count / 2)
        print(
            "differential fuzzing, part \(part + 1) of \(Self.parts): \(count) requests × 4 cuts: \(differences) differences, \(accepted) answers of success"
        )
    }

    private static func portions(of bytes: [UInt8], _ cuts: [Int]) -> [ArraySlice<UInt8>] {
        zip([0] + cuts, cuts + [bytes.count]).map { bytes[$0..<$1] }
    }
}
