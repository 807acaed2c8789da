import Foundation
import Testing

@testable import FlashSaleAPI

/// A generator that gives the same numbers in each run (SplitMix64, Steele, Lea and Flood 2014).
private struct FixedNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("Strict JSON against Foundation's")
struct StrictJSONFuzzTests {
    /// What both readers have an opinion on.
    ///
    /// We also refuse equal names, many fields and deep nesting; Foundation also takes a byte order mark, other encodings, and a comma at the end.
    private func compare(_ bytes: [UInt8]) {
        let ours: [StrictJSON.Member]?
        do { ours = try StrictJSON.members(of: bytes) } catch {
            let isOurRule =
                error.problem.hasSuffix("appears twice") || error.problem.contains("more than")
                || error.problem.contains("deeper than")
            let hasLastComma = String(decoding: bytes, as: UTF8.self).contains(#/,[ \n\r\t]*[}\]]/#)
            if isOurRule || hasLastComma || bytes.contains(0) || bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return }
            ours = nil
        }
        let theirs = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        if ours != nil, theirs == nil, Self.hasHugeNumber(bytes) { return }
        #expect((ours != nil) == (theirs != nil), "\(String(decoding: bytes, as: UTF8.self))")
        guard let ours, let theirs else { return }
        for member in ours {
            guard case .string(let text) = member.value else { continue }
            #expect(theirs[member.name] as? String == text)
        }
    }

    /// Foundation refuses exponents that a double can't hold.
    private static func hasHugeNumber(_ bytes: [UInt8]) -> Bool {
        bytes.contains(UInt8(ascii: "e")) || bytes.contains(UInt8(ascii: "E"))
            || bytes.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } > 15
    }

    @Test("Sequences of JSON's own tokens", arguments: [1, 2, 3, 4] as [UInt64])
    func tokens(seed: UInt64) {
        let tokens = [
            "{", "}", "{", "}", "[", "]", ":", ":", ",", ",", " ", "\n", "\"\"", "\"a\"", "\"b\"", "\"é\"",
            "\"\\u0041\"",
            "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\n\"", "\"", "\\", "1", "0", "-", "-1", "1.5", ".", "e1", "true",
            "false", "null", "nul", "\u{1}", "x",
        ]
        var numbers = FixedNumbers(state: seed)
        for _ in 0..<4_000 {
            let length = Int.random(in: 0...8, using: &numbers)
            let body = (0..<length).compactMap { _ in tokens.randomElement(using: &numbers) }.joined()
            compare(Array("{\(body)}".utf8))
            compare(Array("{\"k\":\(body)}".utf8))
        }
    }

    @Test("Good bodies with a few bytes changed", arguments: [11, 12, 13, 14] as [UInt64])
    func mutations(seed: UInt64) {
        let good = Array(
            #"{"user_id":"alice@example.com","quantity":12,"x":[true,{"y":"\u00e9\ud83d\ude00"}],"z":-0.5}"#.utf8
        )
        var numbers = FixedNumbers(state: seed)
        for _ in 0..<4_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...3, using: &numbers) {
                let index = Int.random(in: bytes.indices, using: &numbers)
                switch Int.random(in: 0...2, using: &numbers) {
                case 0: bytes[index] = UInt8.random(in: 0x09...0x7F, using: &numbers)
                case 1: bytes.remove(at: index)
                default: bytes.insert(bytes.randomElement(using: &numbers) ?? 0x20, at: index)
                }
            }
            compare(bytes)
        }
    }

    @Test("Any bytes at all are read to an end", arguments: [21, 22] as [UInt64])
    func noise(seed: UInt64) {
        var numbers = FixedNumbers(state: seed)
        for _ in 0..<4_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &numbers)).map { _ in
                UInt8.random(in: 0...255, using: &numbers)
            }
            // Noise that starts like an object but is none: each ends in a failure with a place inside the body.
            do throws(StrictJSON.Failure) {
                let members = try StrictJSON.members(of: [UInt8(ascii: "{")] + bytes)
                #expect(String(validating: bytes, as: UTF8.self) != nil && members.count <= bytes.count)
            } catch {
                #expect((0...bytes.count + 1).contains(error.offset))
            }
        }
    }
}
