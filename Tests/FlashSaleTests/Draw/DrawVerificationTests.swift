import FlashSale
import Foundation
import LocalServers
import TestSupport
import Testing

@Suite("Draw: verification")
struct DrawVerificationTests {
    @Test("A draw that is right has no finding, in pieces of any size", arguments: [1, 7, 100, 65_536])
    func right(pieces: Int) throws {
        for entrants in [0, 1, 2, 10, 33] {
            for hasBeacon in [true, false] {
                let draw = try SampleDraw(entrants: entrants, hasBeacon: hasBeacon)
                let verdict = draw.texts.verdict(pieces: pieces)
                #expect(verdict.findings.isEmpty)
                #expect(verdict.entrants == entrants && verdict.decisions == entrants && verdict.isSigned)
            }
        }
    }

    @Test("Decisions may still be under way", arguments: [0, 1, 9])
    func underWay(count: Int) throws {
        var draw = try SampleDraw(entrants: 10)
        draw.decisions = Array(draw.decisions.prefix(count))
        #expect(draw.texts.verdict().findings.isEmpty)
    }

    @Test(
        "Whatever is damaged has a finding of its own, and Python's verifier the same exit code",
        arguments: DrawDamage.allCases
    )
    func damage(_ damage: DrawDamage) async throws {
        let texts = try damage.texts()
        let found = texts.verdict().findings.map(\.kind)
        #expect(found.first == damage.kind, "\(found)")
        let folder = try TestFolders.make()
        try texts.write(to: folder)
        let python = try await PythonVerifier.verify(folder)
        // Python's library has no Ed25519.
        #expect(python.exit == .code(damage.kind == .signature ? 0 : damage.kind.rawValue), "\(python.standardError)")
    }

    @Test("Any byte of the roster that is changed is found")
    func everyByteOfTheRoster() throws {
        let texts = try SampleDraw(entrants: 4).texts
        for index in texts.roster.indices {
            for mask: UInt8 in [1, 0x10, 0x40] {
                var damaged = texts
                damaged.roster[index] ^= mask
                let found = damaged.verdict().findings.map(\.kind)
                #expect(found.first == .roster, "byte \(index): \(found)")
            }
        }
    }

    @Test("Any byte of the decisions that is changed is found")
    func everyByteOfTheDecisions() throws {
        let texts = try SampleDraw(entrants: 4).texts
        for index in texts.decisions.indices {
            for mask: UInt8 in [1, 0x10, 0x40] {
                var damaged = texts
                damaged.decisions[index] ^= mask
                let found = damaged.verdict().findings.map(\.kind)
                #expect(found.first == .order, "byte \(index): \(found)")
            }
        }
    }

    @Test("Any text that was cut off is found")
    func cutOff() throws {
        let texts = try SampleDraw(entrants: 3).texts
        for length in 0..<texts.roster.count {
            var damaged = texts
            damaged.roster.removeLast(texts.roster.count - length)
            #expect(damaged.verdict().findings.first?.kind == .roster, "\(length)")
        }
        for length in 0..<texts.decisions.count {
            var damaged = texts
            damaged.decisions.removeLast(texts.decisions.count - length)
            #expect(damaged.verdict().findings.first?.kind == .order, "\(length)")
        }
        var longer = texts
        longer.roster += Array("1\n".utf8)
        #expect(longer.verdict().findings.first?.kind == .roster)
        longer.roster = Array(repeating: UInt8(ascii: "1"), count: 1_000)
        #expect(longer.verdict(pieces: 150).findings.first?.text.contains("longer than 200 bytes") == true)
    }

    @Test("A key that is expected has to be the one that signed")
    func expectedKey() throws {
        let draw = try SampleDraw(entrants: 2)
        let key = try SampleDraw.signingKey().publicKey
        let other = try DrawSigningKey.random().publicKey
        #expect(draw.texts.verdict(publicKey: key).findings.isEmpty)
        #expect(draw.texts.verdict(publicKey: other).findings.map(\.kind) == [.signature])
        var unsigned = draw.texts
        unsigned.document.seal = nil
        #expect(unsigned.verdict().findings.isEmpty && !unsigned.verdict().isSigned)
        #expect(unsigned.verdict(publicKey: key).findings.map(\.kind) == [.signature])
    }

    @Test("Findings name the place")
    func words() throws {
        #expect(try DrawDamage.slippedInBehind.texts().verdict().findings.first?.text.contains("entry 11") == true)
        let swapped = try DrawDamage.usersSwapped.texts().verdict().findings.first?.text
        #expect(swapped?.contains("rank 3 ") == true && swapped?.contains("rank 6 ") == true)
        let passedOver = try DrawDamage.movedUp.texts().verdict().findings.first?.text
        #expect(passedOver?.hasPrefix("The entrant of rank 4 (") == true)
        #expect(try DrawDamage.ticketTwice.texts().verdict().findings.first?.text == "Ticket 14 was decided twice")
    }

    /// `FLASHSALE_TEST_DRAW_ENTRANTS=1000000 swift test --filter DrawVerificationTests/agreement` takes a million.
    @Test(
        "Python's verifier agrees, for many entrants too",
        arguments: [
            1, 2, 10, 1_000,
            ProcessInfo.processInfo.environment["FLASHSALE_TEST_DRAW_ENTRANTS"].flatMap { Int($0) } ?? 100_000,
        ]
    )
    func agreement(entrants: Int) async throws {
        let folder = try TestFolders.make()
        let texts = try SampleDraw(entrants: entrants).texts
        try texts.write(to: folder)
        let clock = ContinuousClock()
        let begin = clock.now
        let verdict = texts.verdict()
        let middle = clock.now
        let python = try await PythonVerifier.verify(folder)
        print("\(entrants) entrants: verified in \(middle - begin), by Python in \(clock.now - middle)")
        #expect(verdict.findings.isEmpty && verdict.entrants == entrants && verdict.decisions == entrants)
        #expect(python.exit == .code(0), "\(python.standardError)")
        #expect(python.standardOutput.hasPrefix("Verified: \(entrants) entrants"))
    }
}
