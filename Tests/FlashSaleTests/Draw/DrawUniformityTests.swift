import Testing

@testable import FlashSale

/// Draws are made of fixed keys, so each of these tests always has the same outcome; the bounds were fixed before.
///
/// Both statistics have a chi-square distribution with 49² = 2401 degrees of freedom, to which a normal distribution of mean 2401
/// and standard deviation √4802 comes close; within 3.29 of these lies all but 0.001 of it.
@Suite("Draw: everybody has the same chance")
struct DrawUniformityTests {
    private static let entrants = 50
    private static let draws = 2_000
    private static let bounds = 2_173.0...2_629.0

    private static func key(_ number: Int) throws -> DrawKey {
        let product = try #require(ProductID(Int64(number) + 1))
        let zero = try #require(DrawDigest(Array(repeating: 0, count: 32)))
        return DrawKey(product: product, seed: DrawSeed(zero), root: zero, randomness: nil)
    }

    @Test("2,000 draws of 50: every entrant at every rank, and every entrant right behind every other")
    func chiSquare() throws {
        let count = Self.entrants
        var atRank = Array(repeating: 0, count: count * count)
        var behind = atRank
        for number in 0..<Self.draws {
            let order = try Self.key(number).order(count: count).map { Int($0) }
            #expect(Set(order).count == count)
            for (rank, entrant) in order.enumerated() { atRank[entrant * count + rank] += 1 }
            for (entrant, next) in zip(order, order.dropFirst()) { behind[entrant * count + next] += 1 }
        }
        let expected = Double(Self.draws) / Double(count)
        let statistic = { (counts: [Int]) in
            counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        }
        // Each row and each column is a sum that is known: a factor of (n − 1)/n corrects for it.
        let ranks = statistic(atRank) * Double(count - 1) / Double(count)
        #expect(Self.bounds.contains(ranks), "\(ranks)")
        let pairs = (0..<count * count).filter { $0 / count != $0 % count }
        let neighbours = statistic(pairs.map { behind[$0] })
        #expect(Self.bounds.contains(neighbours), "\(neighbours)")
    }

    /// Of 2,000 entrants 1,000 are bots: of the first 200 they have 100 in the mean, with a standard deviation of 6.71.
    @Test(
        "1,000 bots that entered before 1,000 people, or between them, have the same share of the first tenth",
        arguments: [true, false]
    )
    func bots(areFirst: Bool) throws {
        let isBot = { (place: UInt32) in areFirst ? place < 1_000 : place.isMultiple(of: 2) }
        var sum = 0
        for number in 0..<200 {
            let first = try Self.key(number).order(count: 2_000).prefix(200)
            let bots = first.count(where: isBot)
            #expect((70...130).contains(bots), "draw \(number)")
            sum += bots
        }
        // 200 draws: 20,000 in the mean, with a standard deviation of 94.9.
        #expect((19_688...20_312).contains(sum), "\(sum)")
    }

    /// A plain remainder would bring half of the numbers below 2^30 instead of a third.
    @Test("Words above the last multiple of a bound are left out")
    func rejection() throws {
        var stream = DrawStream(key: try Self.key(0))
        let numbers = (0..<3_000).map { _ in stream.uniform(below: 3 << 30) }
        #expect(numbers.allSatisfy { $0 < 3 << 30 })
        // Binomial with mean 1,000 and standard deviation 25.8.
        let low = numbers.count { $0 < 1 << 30 }
        #expect((915...1_085).contains(low), "\(low)")
    }
}
