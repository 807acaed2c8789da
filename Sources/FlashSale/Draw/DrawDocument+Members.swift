extension DrawDocument {
    /// A member's value in JSON: none of them needs an escape.
    public enum Value: Hashable, Sendable {
        /// Hexadecimal digits, a time or a word.
        case text(String)
        /// A whole number.
        case number(Int64)
        /// Not known yet, or not part of this draw.
        case null
    }

    /// The members that are signed, in their order.
    public var members: [(name: String, value: Value)] {
        [
            ("algorithm", .text(DrawScheme.name)),
            ("product_id", .number(product.rawValue)),
            ("state", .text(state.rawValue)),
            ("draw_at", .text(drawAt.description)),
            ("commitment", Value(commitment)),
            ("beacon_chain", Value(beacon?.chain.rawValue)),
            ("beacon_round", Value(beacon?.round)),
            ("entrants", Value(roster.map { Int64($0.entrants) })),
            ("root", Value(roster?.root)),
            ("first_ticket", Value(result?.firstTicket.rawValue)),
            ("seed", Value(result?.seed.secret)),
            ("beacon_signature", Value(result?.beaconValue.map { Hexadecimal.encode($0.signature) })),
            ("beacon_randomness", Value(result?.beaconValue?.randomness)),
        ]
    }

    /// The document as JSON on one line, its seal included.
    public var json: String {
        let seal: [(name: String, value: Value)] = [
            ("public_key", Value(seal?.publicKey)), ("signature", Value(seal.map { Hexadecimal.encode($0.signature) })),
        ]
        return "{" + (members + seal).map { "\"\($0.name)\":\($0.value.json)" }.joined(separator: ",") + "}"
    }

    /// What is signed: a line `NAME=VALUE` for each member.
    public var signedText: String { members.map { "\($0.name)=\($0.value.plain)\n" }.joined() }

    /// How far the draw has come, in a word.
    public enum State: String, Sendable, CaseIterable {
        /// People enter.
        case entering
        /// The roster is fixed.
        case fixed
        /// The order is drawn.
        case drawn
    }

    /// How far the draw has come, in a word.
    public var state: State {
        switch progress {
        case .entering: .entering
        case .fixed: .fixed
        case .drawn: .drawn
        }
    }
}

extension DrawDocument.Value {
    fileprivate init(_ digest: DrawDigest?) { self.init(digest?.description) }
    fileprivate init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    fileprivate init(_ number: Int64?) { self = number.map { .number($0) } ?? .null }

    fileprivate var json: String {
        switch self {
        case .text(let text): "\"\(text)\""
        case .number(let number): "\(number)"
        case .null: "null"
        }
    }

    fileprivate var plain: String {
        switch self {
        case .text(let text): text
        case .number(let number): "\(number)"
        case .null: ""
        }
    }
}
