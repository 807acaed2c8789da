/// A set of tickets as ranges: a million tickets in a row take no more memory than one.
struct TicketSet: Hashable, Sendable {
    /// Rising, disjoint, with a gap between any two.
    private(set) var ranges: [ClosedRange<Int64>] = []

    init() {}

    init(_ unsorted: [ClosedRange<Int64>]) {
        for range in unsorted.sorted(by: { $0.lowerBound < $1.lowerBound }) { append(range) }
    }

    var isEmpty: Bool { ranges.isEmpty }

    /// How many tickets there are.
    var count: Int64 { ranges.reduce(0) { $0 + $1.upperBound - $1.lowerBound + 1 } }

    /// The tickets of either set.
    func union(_ other: TicketSet) -> TicketSet { TicketSet(ranges + other.ranges) }

    /// The tickets of both sets.
    func intersection(_ other: TicketSet) -> TicketSet {
        var result = TicketSet()
        var (mine, theirs) = (0, 0)
        while mine < ranges.count, theirs < other.ranges.count {
            let low = max(ranges[mine].lowerBound, other.ranges[theirs].lowerBound)
            let high = min(ranges[mine].upperBound, other.ranges[theirs].upperBound)
            if low <= high { result.append(low...high) }
            if ranges[mine].upperBound < other.ranges[theirs].upperBound { mine += 1 } else { theirs += 1 }
        }
        return result
    }

    /// The tickets from 1 to `last` that are not in the set.
    func missing(upTo last: Int64) -> TicketSet {
        var result = TicketSet()
        var next: Int64 = 1
        for range in ranges where next <= last {
            if range.lowerBound > next { result.append(next...min(range.lowerBound - 1, last)) }
            next = max(next, range.upperBound == .max ? .max : range.upperBound + 1)
        }
        if next <= last { result.append(next...last) }
        return result
    }

    /// Adds tickets that are not below those of the last range.
    private mutating func append(_ range: ClosedRange<Int64>) {
        guard let last = ranges.last, range.lowerBound <= last.upperBound || range.lowerBound == last.upperBound + 1
        else {
            ranges.append(range)
            return
        }
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
    }
}
