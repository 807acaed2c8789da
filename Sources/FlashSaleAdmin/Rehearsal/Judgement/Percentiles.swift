/// Quantiles of samples that are all kept: exact, by the nearest rank.
struct Percentiles: Sendable, Equatable {
    private let sorted: [Int64]

    init(_ samples: [Int64]) { sorted = samples.sorted() }

    var count: Int { sorted.count }
    var most: Int64? { sorted.last }

    /// The smallest sample that at least `share` of all samples do not exceed; nil without samples.
    ///
    /// - Parameter share: Above 0, up to 1, as in 0.99.
    func at(_ share: Double) -> Int64? {
        guard !sorted.isEmpty else { return nil }
        // A share such as 0.9 is not exact in binary: without the allowance ten samples of 0.9 would be the tenth.
        let rank = (share * Double(sorted.count) - 1e-9).rounded(.up)
        return sorted[min(sorted.count - 1, max(0, Int(rank) - 1))]
    }
}
