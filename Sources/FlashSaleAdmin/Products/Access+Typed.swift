import FlashSale

extension Access.Kind {
    /// A way of giving places as somebody typed it.
    ///
    /// - Throws: `InvalidValue` that names `access`.
    init(typed text: String) throws(InvalidValue) {
        guard let kind = Access.Kind(rawValue: text) else {
            throw InvalidValue(
                field: "access",
                problem: "'\(text)' is no way of giving places",
                remedy: "Choose \(Self.allCases.map(\.rawValue).joined(separator: " or "))"
            )
        }
        self = kind
    }
}

extension Access {
    /// How places are given, put together from its fields; each is nil where it is missing or wrong.
    ///
    /// - Parameters:
    ///   - isTimeGiven: Whether a time was typed, be it right or wrong.
    ///   - isBeaconGiven: Whether a beacon was typed, be it right or wrong.
    /// - Throws: `InvalidValue` for what is missing, or has no meaning without a draw.
    init(
        _ kind: Kind?,
        drawAt: Timestamp?,
        isTimeGiven: Bool,
        _ beacon: DrawBeacon?,
        isBeaconGiven: Bool
    ) throws(InvalidValue) {
        switch kind {
        case .draw:
            guard isTimeGiven else {
                throw InvalidValue(
                    field: "draw_at",
                    problem: "is missing",
                    remedy: "Say when entering ends and the draw is made, as in 2026-12-01T10:00:00Z"
                )
            }
            // A time that is wrong has been noted.
            self = drawAt.map { .draw(DrawTerms(drawAt: $0, beacon: beacon)) } ?? .fifo
        case .fifo, nil:
            if kind == .fifo, isTimeGiven || isBeaconGiven {
                throw InvalidValue(
                    field: isTimeGiven ? "draw_at" : "beacon_round",
                    problem: "has no meaning with access fifo",
                    remedy: "Leave it out, or set access to draw"
                )
            }
            self = .fifo
        }
    }
}
