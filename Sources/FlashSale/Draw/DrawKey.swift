internal import Crypto

/// What decides a draw: known to nobody before the roster is fixed and the beacon's round is out.
public struct DrawKey: Hashable, Sendable {
    /// H(`flashsale-draw-v1/key` ‖ 00 ‖ product ‖ seed ‖ root ‖ (01 ‖ randomness, or 00 without a beacon)).
    public let digest: DrawDigest

    /// The key of a draw.
    ///
    /// - Parameters:
    ///   - product: The product.
    ///   - seed: Its seed.
    ///   - root: The root of the fixed roster.
    ///   - randomness: The beacon's; nil where none was named.
    public init(product: ProductID, seed: DrawSeed, root: DrawDigest, randomness: DrawDigest?) {
        digest = .hash(
            DrawScheme.label("key"),
            DrawScheme.bytes(product.rawValue),
            seed.secret.bytes,
            root.bytes,
            randomness.map { [1] + $0.bytes } ?? [0]
        )
    }

    /// The drawn order: at each rank the place in the roster, both from 0.
    ///
    /// Fisher and Yates' shuffle from the end: for each i from the last place to 1, the i-th and a place from 0…i change.
    ///
    /// - Parameter count: How many entrants there are, ``DrawScheme/maximumEntrants`` at most.
    public func order(count: Int) -> [UInt32] {
        precondition((0...DrawScheme.maximumEntrants).contains(count), "a roster is bounded")
        var order = (0..<UInt32(count)).map { $0 }
        var stream = DrawStream(key: self)
        for place in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(place, Int(stream.uniform(below: UInt32(place + 1))))
        }
        return order
    }
}

/// Random numbers that a key stands for: the 32-bit words of HMAC-SHA256(key, 0), HMAC-SHA256(key, 1), …, eight of each.
struct DrawStream {
    private let key: SymmetricKey
    private var counter: UInt64 = 0
    private var block: [UInt32] = []
    private var position = 0

    init(key: DrawKey) { self.key = SymmetricKey(data: key.digest.bytes) }

    /// A number from 0 up to but not including the bound, each as likely as any other.
    mutating func uniform(below bound: UInt32) -> UInt32 {
        // The words above the last whole multiple of the bound would favour the small numbers.
        let surplus = (UInt32.max % bound + 1) % bound
        while true {
            let word = next()
            if word <= UInt32.max - surplus { return word % bound }
        }
    }

    private mutating func next() -> UInt32 {
        if position == block.count { refill() }
        defer { position += 1 }
        return block[position]
    }

    private mutating func refill() {
        var hmac = HMAC<SHA256>(key: key)
        withUnsafeBytes(of: counter.bigEndian) { hmac.update(data: $0) }
        block = hmac.finalize().withUnsafeBytes { bytes in
            (0..<8).map { UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
        }
        counter += 1
        position = 0
    }
}
