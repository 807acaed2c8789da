/// Random numbers from a seed: the same seed, the same numbers on every machine.
///
/// SplitMix64 by Sebastiano Vigna, https://prng.di.unimi.it/splitmix64.c (public domain).
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of 0..<bound; the bounds here are far too small for the remainder's bias to matter.
    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: (next() >> 1) % UInt64(bound)) }

    /// A number of the range.
    mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    /// Whether something happens that happens so often in a thousand times.
    mutating func happens(perMille: Int) -> Bool { below(1_000) < perMille }
}
