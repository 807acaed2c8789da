/// The secret of a draw: made with the product, committed to at once, told when the draw is made; masked wherever it is printed.
public struct DrawSeed: Hashable, Sendable {
    /// The 32 bytes; whoever knows them before the draw can try which roster suits them.
    public let secret: DrawDigest

    /// A seed that was stored.
    public init(_ secret: DrawDigest) { self.secret = secret }

    /// 32 bytes of the system's generator.
    public static func random() -> DrawSeed {
        var generator = SystemRandomNumberGenerator()
        let words: [UInt64] = (0..<4).map { _ in generator.next() }
        return DrawSeed(words.withUnsafeBytes { DrawDigest(loading: $0) })
    }

    /// What is published with the product: H(`flashsale-draw-v1/commitment` ‖ 00 ‖ product ‖ seed ‖ beacon).
    ///
    /// The beacon is 01 ‖ chain ‖ round, or 00 for none: once its value is out, nobody can have named another round.
    public func commitment(for product: ProductID, beacon: DrawBeacon?) -> DrawDigest {
        .hash(
            DrawScheme.label("commitment"),
            DrawScheme.bytes(product.rawValue),
            secret.bytes,
            beacon.map { [1] + $0.chain.hash + DrawScheme.bytes($0.round) } ?? [0]
        )
    }
}

extension DrawSeed: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The same for every seed.
    public var description: String { "***" }
    /// The same for every seed.
    public var debugDescription: String { description }
    /// Nothing of the seed.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
