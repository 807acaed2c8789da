/// A round of a public source of randomness, named when the product is made: neither the operator nor anyone else knows its
/// value before its time.
///
/// The source is drand of the League of Entropy (https://docs.drand.love): a round is a BLS signature, and its randomness
/// the signature's SHA-256.
public struct DrawBeacon: Hashable, Sendable {
    /// The chain.
    public let chain: Chain
    /// The round's number, from 1.
    public let round: Int64

    /// A chain of drand's main network.
    ///
    /// Only these are known, because a round says when it is only with its chain's beginning and pace.
    public enum Chain: String, Sendable, CaseIterable {
        /// The chain `default`: a round each 30 s.
        case `default` = "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce"
        /// The chain `quicknet`: a round each 3 s.
        case quicknet = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"

        /// Reads a chain's name or hash; nil for any other.
        public init?(text: some StringProtocol) {
            guard let chain = Self.allCases.first(where: { "\($0)" == text || $0.rawValue == text }) else { return nil }
            self = chain
        }

        /// The chain's hash, 32 bytes.
        var hash: [UInt8] { Hexadecimal.decode(rawValue) ?? [] }

        // From each chain's /info, in seconds.
        fileprivate var genesis: Int64 {
            switch self {
            case .default: 1_595_431_050
            case .quicknet: 1_692_803_367
            }
        }
        fileprivate var period: Int64 {
            switch self {
            case .default: 30
            case .quicknet: 3
            }
        }
        /// How many bytes a round's signature has.
        public var signatureLength: Int {
            switch self {
            case .default: 96
            case .quicknet: 48
            }
        }
    }

    /// The largest number of a round: thousands of years of rounds, whose times a ``Timestamp`` can tell.
    public static let maximumRound: Int64 = 100_000_000_000

    /// A round; nil when its number is outside 1…``maximumRound``.
    public init?(chain: Chain, round: Int64) {
        guard (1...Self.maximumRound).contains(round) else { return nil }
        self.chain = chain
        self.round = round
    }

    /// A round that is out later than entering ends, else somebody could enter knowing its value.
    ///
    /// - Parameters:
    ///   - chain: The chain.
    ///   - round: The round's number.
    ///   - drawAt: When entering ends.
    /// - Throws: ``InvalidValue`` that names `beacon_round` and a round that would do.
    public init(chain: Chain, round: Int64, after drawAt: Timestamp) throws(InvalidValue) {
        guard let beacon = DrawBeacon(chain: chain, round: round), beacon.time > drawAt else {
            let earliest = Self.firstRound(of: chain, after: drawAt)
            throw InvalidValue(
                field: "beacon_round",
                problem: "\(round) is not one that is out after entering ends",
                remedy: "Name a round from \(earliest) on, which is out at \(Self.time(of: earliest, in: chain))"
            )
        }
        self = beacon
    }

    /// When the round is out.
    public var time: Timestamp { Self.time(of: round, in: chain) }

    /// The first round of a chain that is out later than a time.
    public static func firstRound(of chain: Chain, after time: Timestamp) -> Int64 {
        max(0, time.milliseconds / 1_000 - chain.genesis) / chain.period + 2
    }

    private static func time(of round: Int64, in chain: Chain) -> Timestamp {
        Timestamp(milliseconds: (chain.genesis + (round - 1) * chain.period) * 1_000)
    }

    /// What a round brought: its signature, and the randomness that is said to come of it.
    ///
    /// The rule between the two is checked. The signature itself (BLS12-381) is not: compare it with what drand publishes.
    public struct Value: Hashable, Sendable {
        /// The round's signature.
        public var signature: [UInt8]
        /// What is mixed into the draw.
        public var randomness: DrawDigest

        /// A value as a document states it.
        public init(signature: [UInt8], randomness: DrawDigest) {
            self.signature = signature
            self.randomness = randomness
        }

        /// A value with the randomness that its signature makes: H(signature).
        public init(signature: [UInt8]) { self.init(signature: signature, randomness: .hash(signature)) }

        /// Whether the randomness is the signature's.
        public var isConsistent: Bool { randomness == .hash(signature) }
    }
}
