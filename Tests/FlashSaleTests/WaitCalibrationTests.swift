import FlashSale
import Testing

/// Whether people are served when they were told they would be: simulated sales, with chance from a seed.
@Suite("Wait estimates: calibration")
struct WaitCalibrationTests {
    enum Course: CaseIterable {
        case steady
        case pausedInTheMiddle
        case slowDatabase
        case uneven
    }

    @Test(
        "At least 85 % are served before the 90 % time they were told, and the range is of use",
        arguments: Course.allCases
    )
    func calibration(course: Course) {
        var told = 0
        var servedBefore90 = 0
        var width = 0.0
        for seed in 1...4 as ClosedRange<UInt64> {
            for (rate, people) in [(200.0, 6_000), (50, 1_500), (1_000, 20_000)] as [(Double, Int64)] {
                var sale = SimulatedSale(course: course, rate: rate, people: people, seed: seed)
                sale.run()
                for promise in sale.promises {
                    told += 1
                    if sale.servedAt(promise.ticket) - promise.toldAt <= Double(promise.wait.p90) {
                        servedBefore90 += 1
                    }
                    width += Double(promise.wait.p90) / Double(promise.wait.p50)
                }
            }
        }
        #expect(told > 1_000)
        #expect(Double(servedBefore90) / Double(told) >= 0.85, "\(servedBefore90) of \(told)")
        // A range that always holds because it is endless would say nothing.
        #expect(width / Double(told) < 3.5)
    }
}

/// A line that a worker serves in batches of 50, and what people in it were told.
private struct SimulatedSale {
    struct Promise {
        let toldAt: Double
        let ticket: Int64
        let wait: WaitRange
    }

    private let course: WaitCalibrationTests.Course
    private let rate: Double
    private let people: Int64
    private var random: Generator
    private var served: Int64 = 0
    private var time = 0.0
    private var buckets: [Int: (tickets: Int64, waited: Double)] = [:]
    private var batchEnds: [Double] = []
    private(set) var promises: [Promise] = []

    init(course: WaitCalibrationTests.Course, rate: Double, people: Int64, seed: UInt64) {
        self.course = course
        self.rate = rate
        self.people = people
        random = Generator(state: seed)
    }

    /// When a ticket was decided, in seconds.
    func servedAt(_ ticket: Int64) -> Double { batchEnds[Int((ticket - 1) / 50)] }

    mutating func run() {
        var asksAt = 0.5
        while served < people {
            let isPaused = course == .pausedInTheMiddle && served == people / 100 * 50
            let end = time + (isPaused ? 8 : batchTime())
            while asksAt < end {
                // Who is told that the line is paused is not told a time.
                if !isPaused { promise(at: asksAt) }
                asksAt += 0.7
            }
            if isPaused { time = end }
            passTime(until: isPaused ? end + batchTime() : end)
            buckets[Int(time / 5), default: (0, 0)].tickets += 50
            served += 50
            batchEnds.append(time)
        }
    }

    private mutating func batchTime() -> Double {
        let factor: Double =
            switch course {
            case .steady, .pausedInTheMiddle: 1
            case .slowDatabase: (10..<20).contains(time) ? 4 : 1
            case .uneven: [0.5, 0.5, 1, 3][Int.random(in: 0..<4, using: &random)]
            }
        return 50 / rate * factor * Double.random(in: 0.6...1.4, using: &random)
    }

    private mutating func passTime(until end: Double) {
        while time < end {
            let bucket = Int(time / 5)
            let next = min(end, Double(bucket + 1) * 5)
            buckets[bucket, default: (0, 0)].waited += next - time
            time = next
        }
    }

    private mutating func promise(at now: Double) {
        let current = Int(now / 5)
        let pace = RecentPace(
            buckets: buckets.filter { $0.key > current - 36 }.sorted { $0.key > $1.key }.map { number, bucket in
                RecentPace.Bucket(
                    tickets: bucket.tickets,
                    waited: .seconds(bucket.waited),
                    age: .seconds(5 * (current - number))
                )
            },
            standstill: .seconds(now - time)
        )
        guard let estimate = WaitEstimate(pace) else { return }
        for _ in 0..<5 {
            let position = Int64.random(in: 1...(people - served), using: &random)
            promises.append(
                Promise(toldAt: now, ticket: served + position, wait: estimate.seconds(until: position))
            )
        }
    }

    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var bits = state
            bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
            bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
            return bits ^ (bits >> 31)
        }
    }
}
