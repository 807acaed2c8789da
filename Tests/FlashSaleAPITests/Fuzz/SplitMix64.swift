/// Random numbers from a seed: the same seed, the same numbers on every machine.
///
/// SplitMix64 by Sebastiano Vigna, https://prng.di.unimi.it/splitmix64.c (public domain).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of 0..<bound.
    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: (next() >> 1) % UInt64(bound)) }

    /// Whether something happens that happens so often in a hundred times.
    mutating func happens(_ perCent: Int) -> Bool { below(100) < perCent }

    /// One of several.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
