/// How places in line are given.
public enum Access: Hashable, Sendable {
    /// First come, first served.
    case fifo
    /// Whoever enters before the draw has the same chance; who comes later stands behind, first come, first served.
    case draw(DrawTerms)

    /// The kinds by their names.
    public enum Kind: String, Sendable, CaseIterable {
        /// First come, first served.
        case fifo
        /// Drawn.
        case draw
    }

    /// The kind alone.
    public var kind: Kind {
        switch self {
        case .fifo: .fifo
        case .draw: .draw
        }
    }

    /// The draw's terms; nil where nothing is drawn.
    public var draw: DrawTerms? { if case .draw(let terms) = self { terms } else { nil } }
}

/// What is settled of a draw when its product is made; it never changes.
public struct DrawTerms: Hashable, Sendable {
    /// When entering ends.
    public var drawAt: Timestamp
    /// The public randomness that is mixed in; nil for none.
    public var beacon: DrawBeacon?

    /// The terms of a draw.
    public init(drawAt: Timestamp, beacon: DrawBeacon? = nil) {
        self.drawAt = drawAt
        self.beacon = beacon
    }
}
