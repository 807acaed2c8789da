public import FlashSale
public import Foundation
public import LocalServers

/// A whole draw of product 7 as it is published: document, roster and decisions.
public struct SampleDraw: Sendable {
    /// The document, signed.
    public var document: DrawDocument
    /// The roster, an entry a line.
    public var roster: [RosterEntry]
    /// The decisions, in their order.
    public var decisions: [DrawnDecision]

    /// The operator's key.
    public static func signingKey() throws -> DrawSigningKey { try DrawSigningKey(String(repeating: "2a", count: 32)) }

    /// Round 123 of drand's chain quicknet, as it was published on 2023-08-23 at 15:21:33 UTC.
    public static let beaconSignature =
        "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92"

    /// A draw that is right: users `user1`, `user2`, … entered in this order, every third for two units.
    ///
    /// - Parameters:
    ///   - entrants: How many.
    ///   - hasBeacon: Whether a beacon is mixed in.
    ///   - users: Other user ids, by place.
    public init(entrants: Int, hasBeacon: Bool = true, users: (Int) -> String = { "user\($0 + 1)" }) throws {
        guard let product = ProductID(7), let drawAt = Timestamp(rfc3339: "2023-08-23T15:00:00Z"),
            let secret = DrawDigest(Array(0..<32)), let firstTicket = Ticket(11)
        else { throw Missing.value }
        let beacon = hasBeacon ? DrawBeacon(chain: .quicknet, round: 123) : nil
        let seed = DrawSeed(secret)
        let commitment = seed.commitment(for: product, beacon: beacon)
        let salt = DrawSalt(product: product, commitment: commitment)
        roster = try (0..<entrants).map { place in
            let user = salt.hash(try UserID(users(place)))
            return RosterEntry(number: Int64(place) + 1, user: user, quantity: place % 3 == 2 ? 2 : 1)
        }
        var tree = MerkleRoot()
        for entry in roster { tree.add(entry.leaf) }
        let value = hasBeacon ? DrawBeacon.Value(signature: Self.bytes(Self.beaconSignature)) : nil
        let document = DrawDocument(
            product: product,
            drawAt: drawAt,
            commitment: commitment,
            beacon: beacon,
            progress: .drawn(
                .init(entrants: entrants, root: tree.root),
                .init(firstTicket: firstTicket, seed: seed, beaconValue: value)
            )
        )
        self.document = try Self.signingKey().sealing(document)
        decisions = []
        for (rank, place) in (document.key?.order(count: entrants) ?? []).enumerated() {
            guard let ticket = Ticket(firstTicket.rawValue + Int64(rank)) else { throw Missing.value }
            let outcome: PurchaseStatus = rank < 5 ? .completed : .soldOut
            decisions.append(
                DrawnDecision(ticket: ticket, user: roster[Int(place)].user, outcome: .decided(outcome))
            )
        }
    }

    private enum Missing: Error {
        case value
    }

    private static func bytes(_ digits: String) -> [UInt8] {
        let characters = Array(digits)
        return stride(from: 0, to: characters.count, by: 2).compactMap {
            UInt8(String(characters[$0...$0 + 1]), radix: 16)
        }
    }
}

extension SampleDraw {
    /// The three texts that are public.
    public struct Texts: Sendable {
        /// The document.
        public var document: DrawDocument
        /// The roster's text.
        public var roster: [UInt8]
        /// The decisions' text.
        public var decisions: [UInt8]
    }

    /// The texts, each consistent in itself: the roster's last line has the root of the entries that are there.
    public var texts: Texts {
        var tree = MerkleRoot()
        var rosterText: [UInt8] = []
        for entry in roster {
            tree.add(entry.leaf)
            entry.write(to: &rosterText)
        }
        rosterText += Array((RosterEntry.endLine(count: roster.count, root: tree.root) + "\n").utf8)
        var decisionText: [UInt8] = []
        for decision in decisions { decision.write(to: &decisionText) }
        decisionText += Array((DrawnDecision.endLine(count: decisions.count) + "\n").utf8)
        return Texts(document: document, roster: rosterText, decisions: decisionText)
    }
}

extension SampleDraw.Texts {
    /// What our verifier says, given the texts in pieces of so many bytes.
    public func verdict(pieces size: Int = 65_536, publicKey: DrawDigest? = nil) -> DrawVerdict {
        var verification = DrawVerification(document, publicKey: publicKey)
        Self.forEachPiece(of: roster, size) { verification.readRoster($0) }
        verification.endRoster()
        Self.forEachPiece(of: decisions, size) { verification.readDecisions($0) }
        return verification.end()
    }

    private static func forEachPiece(of text: [UInt8], _ size: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        text.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: size) {
                body(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + size, bytes.count)]))
            }
        }
    }

    /// Writes the three files that both verifiers take.
    public func write(to folder: URL) throws {
        try Data(document.json.utf8).write(to: folder.appendingPathComponent("draw.json"))
        try Data(roster).write(to: folder.appendingPathComponent("roster.txt"))
        try Data(decisions).write(to: folder.appendingPathComponent("decisions.txt"))
    }
}

/// The second verifier, which shares no code with ours: `Tests/DrawVerifier/verify.py`.
public enum PythonVerifier {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("DrawVerifier")

    /// The draw of ten that README's vectors are of, as its three files.
    public static var vector: URL { folder.appendingPathComponent("vector") }

    /// Verifies a folder with the three files.
    ///
    /// - Returns: How it ended.
    public static func verify(_ saved: URL) async throws -> ChildProcess.Finished {
        try await run([folder.appendingPathComponent("verify.py").path, saved.path])
    }

    /// What Python makes of an expression with the verifier's functions, such as `H(b"salt").hex()`, as it prints it.
    public static func evaluate(_ expression: String) async throws -> String {
        let program = "import sys; sys.path.insert(0, sys.argv[1]); from verify import *; print(\(expression))"
        return try await run(["-B", "-c", program, folder.path]).standardOutput
    }

    private static func run(_ arguments: [String]) async throws -> ChildProcess.Finished {
        try await ChildProcess.run(.init("python3", arguments), within: .seconds(120))
    }
}
