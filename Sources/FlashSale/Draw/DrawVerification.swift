/// Checks everything that is public of a draw, from texts that come in pieces of any size.
///
/// First the whole roster is read, then the decisions. Memory: 48 bytes for each entrant that the document states, however much
/// is read.
public struct DrawVerification: Sendable {
    private let document: DrawDocument
    private var findings: [DrawFinding]
    // Each is nil where there is nothing to compare the text with.
    private var roster: DrawText<RosterCheck>?
    private var decisions: DrawText<DecisionCheck>?

    /// Begins with what the document alone shows.
    ///
    /// - Parameters:
    ///   - document: The draw document.
    ///   - publicKey: The key that has to have signed it; nil for any, or none.
    public init(_ document: DrawDocument, publicKey: DrawDigest? = nil) {
        self.document = document
        roster = document.roster.map { DrawText(RosterCheck($0)) }
        findings = document.findings(publicKey: publicKey)
    }

    /// Reads the next piece of the roster; behind a line that cannot be read nothing is read any more.
    public mutating func readRoster(_ piece: UnsafeRawBufferPointer) { roster?.read(piece) }

    /// Ends the roster, and makes ready for the decisions.
    public mutating func endRoster() {
        roster?.end()
        guard let roster else { return }
        let found =
            roster.problem.map { [DrawFinding(.roster, $0)] } ?? roster.check.findings(statedCount: roster.statedCount)
        findings += found
        // An order that was never drawn says nothing about decisions.
        guard findings.allSatisfy({ $0.kind == .signature }), let result = document.result, let key = document.key
        else {
            return
        }
        let users = roster.check.users
        decisions = DrawText(
            DecisionCheck(users: users, order: key.order(count: users.count), firstTicket: result.firstTicket.rawValue)
        )
    }

    /// Reads the next piece of the decisions.
    public mutating func readDecisions(_ piece: UnsafeRawBufferPointer) { decisions?.read(piece) }

    /// Ends the decisions, and with them the verification.
    public mutating func end() -> DrawVerdict {
        decisions?.end()
        if let decisions {
            findings +=
                decisions.problem.map { [DrawFinding(.order, $0)] }
                ?? decisions.check.findings(count: decisions.count, statedCount: decisions.statedCount)
        }
        if document.result == nil {
            findings.append(
                DrawFinding(.notDrawn, "The draw was not made yet: its state is \(document.state.rawValue)")
            )
        }
        return DrawVerdict(
            findings: findings.sorted { $0.kind < $1.kind },
            entrants: roster?.count,
            decisions: decisions?.count,
            isSigned: document.seal != nil
        )
    }
}

/// What a verification has found.
public struct DrawVerdict: Hashable, Sendable {
    /// What is wrong, the weightiest first; empty when the draw is right.
    public let findings: [DrawFinding]
    /// How many entries the roster has; nil before it is fixed.
    public let entrants: Int?
    /// How many decisions were compared with the drawn order; nil when that could not be computed.
    public let decisions: Int?
    /// Whether the document carries a signature.
    public let isSigned: Bool

    /// A verdict.
    public init(findings: [DrawFinding], entrants: Int? = nil, decisions: Int? = nil, isSigned: Bool = false) {
        self.findings = findings
        self.entrants = entrants
        self.decisions = decisions
        self.isSigned = isSigned
    }
}

extension DrawDocument {
    /// What is wrong with the document by itself.
    fileprivate func findings(publicKey: DrawDigest?) -> [DrawFinding] {
        var findings: [DrawFinding] = []
        if let seed = result?.seed, seed.commitment(for: product, beacon: beacon) != commitment {
            let covered = beacon == nil ? "seed" : "seed with the beacon's chain and round"
            findings.append(DrawFinding(.seed, "The \(covered) is not what was committed to before the draw"))
        }
        if let problem = beaconProblem { findings.append(DrawFinding(.beacon, problem)) }
        if seal != nil, !isSealed {
            findings.append(DrawFinding(.signature, "The signature is not that of the public key over this document"))
        } else if let publicKey, seal?.publicKey != publicKey {
            let signer = seal.map { "by the key \($0.publicKey)" } ?? "by nobody"
            findings.append(DrawFinding(.signature, "The document is signed \(signer), not by \(publicKey)"))
        }
        return findings
    }

    private var beaconProblem: String? {
        if let beacon, beacon.time <= drawAt {
            return "Round \(beacon.round) of the beacon was out at \(beacon.time), before entering ended"
        }
        guard let result else { return nil }
        switch (beacon, result.beaconValue) {
        case (nil, nil): return nil
        case (nil, .some): return "A beacon's value is mixed in, but no beacon was named before the draw"
        case (.some, nil): return "A beacon was named before the draw, but no value of it is mixed in"
        case (let beacon?, let value?):
            if value.signature.count != beacon.chain.signatureLength {
                return "The beacon's signature has not the length that its chain's have"
            }
            return value.isConsistent ? nil : "The beacon's randomness is not the SHA-256 of its signature"
        }
    }
}
