public import FlashSale

/// Everything that can be wrong with what is public of a draw, done to one that is right.
public enum DrawDamage: String, CaseIterable, Sendable {
    case seed, beaconRound, beaconRandomness, beaconSignature, beaconMissing, beaconTooEarly, root, entrants, signature,
        publicKey
    case notDrawn, rosterByte, rosterEnd, rosterCutOff, slippedIn, slippedInBehind, leftOut, userTwice,
        entriesOutOfOrder
    case replacedEntry, decisionByte, decisionTicket, decisionEnd, linesSwapped, usersSwapped, passedOver, movedUp,
        ticketTwice
    case stranger, foreignTicket, firstTicket

    /// What has to be found first.
    public var kind: DrawFinding.Kind {
        switch self {
        case .seed, .beaconRound: .seed
        case .beaconRandomness, .beaconSignature, .beaconMissing, .beaconTooEarly: .beacon
        case .root, .replacedEntry: .root
        case .entrants: .entrants
        case .signature, .publicKey: .signature
        case .notDrawn: .notDrawn
        case .rosterByte, .rosterEnd, .rosterCutOff: .roster
        case .slippedIn, .slippedInBehind: .slippedIn
        case .leftOut: .leftOut
        case .userTwice, .entriesOutOfOrder: .repeated
        case .decisionByte, .decisionTicket, .decisionEnd, .ticketTwice, .stranger, .foreignTicket, .firstTicket: .order
        case .linesSwapped, .usersSwapped: .swapped
        case .passedOver, .movedUp: .passedOver
        }
    }

    /// A draw of ten with this damage.
    public func texts() throws -> SampleDraw.Texts {
        var draw = try SampleDraw(entrants: 10)
        switch self {
        case .userTwice: return try SampleDraw(entrants: 10) { "user\($0 % 9)" }.texts
        case .slippedIn, .slippedInBehind, .leftOut, .replacedEntry, .entriesOutOfOrder: damageRoster(&draw)
        case .linesSwapped, .usersSwapped, .passedOver, .movedUp, .ticketTwice, .stranger, .foreignTicket:
            damageDecisions(&draw.decisions)
        case .notDrawn:
            guard let roster = draw.document.roster else { break }
            draw.document.progress = .fixed(roster)
            draw.document = try SampleDraw.signingKey().sealing(draw.document)
        default: damageDocument(&draw.document)
        }
        var texts = draw.texts
        damageTexts(&texts)
        return texts
    }

    private func damageDocument(_ document: inout DrawDocument) {
        guard case .drawn(var roster, var result) = document.progress else { return }
        switch self {
        case .seed: result.seed = DrawSeed(Self.flipped(result.seed.secret))
        case .beaconRound: document.beacon = DrawBeacon(chain: .quicknet, round: 124)
        case .beaconRandomness:
            result.beaconValue = result.beaconValue.map {
                .init(signature: $0.signature, randomness: Self.flipped($0.randomness))
            }
        case .beaconSignature:
            result.beaconValue = result.beaconValue.map {
                .init(signature: $0.signature.reversed(), randomness: $0.randomness)
            }
        case .beaconMissing: result.beaconValue = nil
        case .beaconTooEarly: document.drawAt = Timestamp(milliseconds: 1_700_000_000_000)
        case .root: roster.root = Self.flipped(roster.root)
        case .entrants: roster.entrants += 1
        case .firstTicket: result.firstTicket = Ticket(result.firstTicket.rawValue + 1) ?? result.firstTicket
        case .signature: document.seal?.signature[10] ^= 1
        case .publicKey:
            document.seal = document.seal.map { .init(publicKey: Self.flipped($0.publicKey), signature: $0.signature) }
        default: break
        }
        document.progress = .drawn(roster, result)
    }

    private func damageRoster(_ draw: inout SampleDraw) {
        let other = draw.document.salt.digest
        switch self {
        case .slippedIn:
            draw.roster.insert(RosterEntry(number: 5, user: other, quantity: 1), at: 4)
            for place in 5..<11 { draw.roster[place].number += 1 }
        case .slippedInBehind: draw.roster.append(RosterEntry(number: 11, user: other, quantity: 1))
        case .leftOut: draw.roster.remove(at: 4)
        case .replacedEntry: draw.roster[4].user = other
        default:
            // The operator's own doing: the root was published over it.
            draw.roster.swapAt(2, 3)
            var tree = MerkleRoot()
            for entry in draw.roster { tree.add(entry.leaf) }
            guard case .drawn(var roster, let result) = draw.document.progress else { return }
            roster.root = tree.root
            draw.document.progress = .drawn(roster, result)
        }
    }

    private func damageDecisions(_ decisions: inout [DrawnDecision]) {
        switch self {
        case .linesSwapped: decisions.swapAt(3, 4)
        case .usersSwapped: (decisions[3].user, decisions[6].user) = (decisions[6].user, decisions[3].user)
        case .passedOver: decisions.remove(at: 4)
        case .movedUp:
            for rank in 4..<9 { decisions[rank].user = decisions[rank + 1].user }
            decisions.removeLast()
        case .ticketTwice: decisions[4].ticket = decisions[3].ticket
        case .stranger: decisions[4].user = Self.flipped(decisions[4].user)
        default: decisions[9].ticket = Ticket(decisions[9].ticket.rawValue + 5) ?? decisions[9].ticket
        }
    }

    private func damageTexts(_ texts: inout SampleDraw.Texts) {
        switch self {
        case .rosterByte: texts.roster[30] ^= texts.roster[30] & 1 == 0 ? 1 : 3
        case .rosterEnd: texts.roster[texts.roster.count - 2] = texts.roster[texts.roster.count - 2] == 48 ? 49 : 48
        case .rosterCutOff: texts.roster.removeLast(100)
        case .decisionByte: texts.decisions[30] = texts.decisions[30] == 48 ? 49 : 48
        case .decisionTicket: texts.decisions[1] = UInt8(ascii: "9")
        case .decisionEnd: texts.decisions[texts.decisions.count - 2] = UInt8(ascii: "9")
        default: break
        }
    }

    private static func flipped(_ digest: DrawDigest) -> DrawDigest {
        var bytes = digest.bytes
        bytes[17] ^= 1
        return DrawDigest(bytes) ?? digest
    }
}
