import FlashSale
import Testing

@Suite("Draw: beacons")
struct DrawBeaconTests {
    /// Round 1 of drand's chain `default`, as https://api.drand.sh/public/1 has it.
    @Test("A round's randomness is the SHA-256 of its signature, as drand publishes both")
    func rule() throws {
        let digits = Array(
            "8d61d9100567de44682506aea1a7a6fa6e5491cd27a0a0ed349ef6910ac5ac20ff7bc3e09d7c046566c9f7f3c6f3b101"
                + "04990e7cb424998203d8f7de586fb7fa5f60045417a432684f85093b06ca91c769f0e7ca19268375e659c2a2352b4655"
        )
        let signature = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        let value = DrawBeacon.Value(signature: signature)
        #expect(signature.count == DrawBeacon.Chain.default.signatureLength)
        #expect("\(value.randomness)" == "101297f1ca7dc44ef6088d94ad5fb7ba03455dc33d53ddb412bbc4564ed986ec")
        #expect(value.isConsistent)
        #expect(!DrawBeacon.Value(signature: signature.reversed(), randomness: value.randomness).isConsistent)
    }

    @Test("A round is out at its chain's beginning and pace")
    func times() throws {
        let round = try #require(DrawBeacon(chain: .quicknet, round: 123))
        #expect("\(round.time)" == "2023-08-23T15:15:33.000Z")
        let first = try #require(DrawBeacon(chain: .default, round: 1))
        #expect("\(first.time)" == "2020-07-22T15:17:30.000Z")
        #expect(DrawBeacon(chain: .default, round: 0) == nil)
        #expect(DrawBeacon(chain: .default, round: DrawBeacon.maximumRound + 1) == nil)
        let last = try #require(DrawBeacon(chain: .default, round: DrawBeacon.maximumRound))
        #expect(last.time > round.time)
    }

    @Test(
        "A round that is out before entering has ended is refused, with one that would do",
        arguments: DrawBeacon.Chain.allCases
    )
    func order(chain: DrawBeacon.Chain) throws {
        let drawAt = try #require(Timestamp(rfc3339: "2026-12-01T10:00:00Z"))
        let earliest = DrawBeacon.firstRound(of: chain, after: drawAt)
        let beacon = try DrawBeacon(chain: chain, round: earliest, after: drawAt)
        let period = Int64(chain == .default ? 30_000_000 : 3_000_000)
        #expect(beacon.time > drawAt && beacon.time.microseconds - drawAt.microseconds <= period)
        for round in [earliest - 1, 1, 0, -1, Int64.max] {
            let error = #expect(throws: InvalidValue.self) { try DrawBeacon(chain: chain, round: round, after: drawAt) }
            #expect(error?.field == "beacon_round")
            #expect(error?.remedy.contains("from \(earliest) on") == true)
        }
    }

    @Test("A chain has a name and a hash")
    func chains() {
        #expect(DrawBeacon.Chain(text: "quicknet") == .quicknet)
        #expect(DrawBeacon.Chain(text: DrawBeacon.Chain.default.rawValue) == .default)
        #expect(DrawBeacon.Chain(text: "fastnet") == nil)
    }
}
