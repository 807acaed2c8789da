extension DrawDocument {
    /// The names of all members that a document is read from; others are ignored.
    public static let memberNames = [
        "algorithm", "product_id", "state", "draw_at", "commitment", "beacon_chain", "beacon_round", "entrants", "root",
        "first_ticket", "seed", "beacon_signature", "beacon_randomness", "public_key", "signature",
    ]

    /// Reads a document from its members; one that is missing counts as null.
    ///
    /// Whether what it says is true is for ``DrawVerification`` to find out.
    ///
    /// - Throws: ``InvalidValue`` that names the first member that cannot be read.
    public init(members: [String: Value]) throws(InvalidValue) {
        let reader = Reader(members: members)
        guard members["algorithm"] == .text(DrawScheme.name) else {
            throw reader.invalid("algorithm", "a scheme that this program knows: \(DrawScheme.name)")
        }
        let state = try reader.required(
            "state",
            "entering, fixed or drawn",
            reader.text("state") { State(rawValue: $0) }
        )
        self.init(
            product: try reader.required(
                "product_id",
                "a product's number",
                reader.number("product_id") { ProductID($0) }
            ),
            drawAt: try reader.required("draw_at", "a time, as in 2026-12-01T10:00:00.000Z", reader.time("draw_at")),
            commitment: try reader.required("commitment", Reader.digestForm, reader.digest("commitment")),
            beacon: try reader.beacon(),
            progress: try reader.progress(state)
        )
        if let publicKey = try reader.digest("public_key") {
            let signature = try reader.required("signature", "128 digits", reader.bytes("signature", counts: [64]))
            seal = DrawSeal(publicKey: publicKey, signature: signature)
        } else if try reader.bytes("signature", counts: [64]) != nil {
            throw reader.invalid("public_key", Reader.digestForm)
        }
    }

    /// Reads members: nil for null, an error for anything that is not of the form.
    private struct Reader {
        static let digestForm = "64 lower-case hexadecimal digits"
        let members: [String: Value]

        func invalid(_ name: String, _ form: String) -> InvalidValue {
            InvalidValue(field: name, problem: "is not \(form)", remedy: "Take the draw document as the API gives it")
        }

        func required<Member>(_ name: String, _ form: String, _ member: Member?) throws(InvalidValue) -> Member {
            guard let member else { throw invalid(name, form) }
            return member
        }

        func text<Member>(_ name: String, _ read: (String) -> Member?) throws(InvalidValue) -> Member? {
            switch members[name] ?? .null {
            case .null: return nil
            case .text(let text): if let member = read(text) { return member }
            case .number: break
            }
            throw invalid(name, "of the form that belongs there")
        }

        func number<Member>(_ name: String, _ read: (Int64) -> Member?) throws(InvalidValue) -> Member? {
            switch members[name] ?? .null {
            case .null: return nil
            case .number(let number): if let member = read(number) { return member }
            case .text: break
            }
            throw invalid(name, "a number that is allowed there")
        }

        func digest(_ name: String) throws(InvalidValue) -> DrawDigest? { try text(name) { DrawDigest(hex: $0) } }

        func bytes(_ name: String, counts: [Int]) throws(InvalidValue) -> [UInt8]? {
            try text(name) { Hexadecimal.decode($0).flatMap { counts.contains($0.count) ? $0 : nil } }
        }

        /// A time in the one spelling that is signed.
        func time(_ name: String) throws(InvalidValue) -> Timestamp? {
            try text(name) { text in Timestamp(rfc3339: text).flatMap { $0.description == text ? $0 : nil } }
        }

        func beacon() throws(InvalidValue) -> DrawBeacon? {
            let chain = try text("beacon_chain") { DrawBeacon.Chain(rawValue: $0) }
            let round = try number("beacon_round") { $0 }
            guard chain != nil || round != nil else { return nil }
            guard let chain, let round, let beacon = DrawBeacon(chain: chain, round: round) else {
                throw invalid(chain == nil ? "beacon_chain" : "beacon_round", "a round of a chain of drand")
            }
            return beacon
        }

        func progress(_ state: State) throws(InvalidValue) -> Progress {
            guard state != .entering else {
                try empty("entrants", "root", state: state)
                try empty("first_ticket", "seed", "beacon_signature", "beacon_randomness", state: state)
                return .entering
            }
            let roster = Roster(
                entrants: try required(
                    "entrants",
                    "a number of entrants",
                    number("entrants") { (0...Int64(DrawScheme.maximumEntrants)).contains($0) ? Int($0) : nil }
                ),
                root: try required("root", Self.digestForm, digest("root"))
            )
            guard state == .drawn else {
                try empty("first_ticket", "seed", "beacon_signature", "beacon_randomness", state: state)
                return .fixed(roster)
            }
            let result = Result(
                firstTicket: try required("first_ticket", "a ticket", number("first_ticket") { Ticket($0) }),
                seed: DrawSeed(try required("seed", Self.digestForm, digest("seed"))),
                beaconValue: try beaconValue()
            )
            return .drawn(roster, result)
        }

        private func beaconValue() throws(InvalidValue) -> DrawBeacon.Value? {
            let lengths = DrawBeacon.Chain.allCases.map(\.signatureLength)
            let signature = try bytes("beacon_signature", counts: lengths)
            let randomness = try digest("beacon_randomness")
            guard signature != nil || randomness != nil else { return nil }
            return DrawBeacon.Value(
                signature: try required("beacon_signature", "a round's signature", signature),
                randomness: try required("beacon_randomness", Self.digestForm, randomness)
            )
        }

        private func empty(_ names: String..., state: State) throws(InvalidValue) {
            for name in names where members[name] ?? .null != .null {
                throw invalid(name, "null, as it has to be while the draw is \(state.rawValue)")
            }
        }
    }
}
