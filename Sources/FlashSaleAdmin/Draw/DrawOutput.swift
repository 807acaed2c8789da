import FlashSale

extension DrawRecord {
    /// The document that `--json` prints: what the API publishes, unsigned.
    var json: JSONOutput {
        .object(
            document.members.map { member in
                switch member.value {
                case .text(let text): JSONOutput.Field(name: member.name, value: .string(text))
                case .number(let number): JSONOutput.Field(name: member.name, value: .integer(number))
                case .null: JSONOutput.Field(name: member.name, value: .null)
                }
            }
        )
    }

    /// Everything that is public, a line each.
    ///
    /// - Parameter entrantsSoFar: How many have entered, while people enter; nil when that is not known.
    func facts(entrantsSoFar: Int64?) -> String {
        var facts: [(String, String)] = [
            ("Product", "\(product)"), ("State", words), ("Entering ends", "\(terms.drawAt)"),
            ("Commitment", "\(commitment)"),
        ]
        if let beacon = terms.beacon {
            facts.append(("Beacon", "round \(beacon.round) of \(beacon.chain), out at \(beacon.time)"))
        }
        if let roster {
            facts += [("Entrants", "\(roster.entrants)"), ("Root", "\(roster.root)")]
            if isDrawn { facts += [("Tickets", tickets(of: roster)), ("Seed", "\(seed.secret)")] }
        } else if let entrantsSoFar {
            facts.append(("Entrants so far", "\(entrantsSoFar)"))
        }
        if isDrawn, let value = beaconValue { facts.append(("Randomness", "\(value.randomness)")) }
        return Table(facts: facts).rendered()
    }

    private func tickets(of roster: FixedRoster) -> String {
        roster.entrants == 0 ? "none" : "\(roster.firstTicket) to \(roster.lastTicket), in drawn order"
    }

    private var words: String {
        if isPlaced { return "drawn, everybody has a place" }
        if isDrawn { return "drawn, places are being given" }
        guard roster != nil else { return "people enter" }
        return terms.beacon != nil && beaconValue == nil ? "fixed, waits for its beacon" : "fixed"
    }
}
