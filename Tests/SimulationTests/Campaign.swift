import Foundation

/// Many schedules, and what they have come by.
struct Campaign: Sendable {
    /// How many schedules were run.
    let schedules: Int
    /// How often each rare path ran, in the order of ``RarePath``.
    var counts = [Int](repeating: 0, count: RarePath.allCases.count)
    /// The first seeds that failed, in rising order, and what they violate.
    var failures: [(seed: UInt64, violation: String)] = []

    /// Runs the schedules of seeds 1…count, on all processors.
    ///
    /// Which processor runs a schedule makes no difference to it.
    static func run(_ count: Int, isDrawn: Bool = false) async -> Campaign {
        let parts = max(1, ProcessInfo.processInfo.activeProcessorCount)
        return await withTaskGroup(of: Campaign.self) { group in
            for part in 0..<parts {
                group.addTask {
                    await runPart(stride(from: UInt64(part + 1), through: UInt64(count), by: parts), isDrawn)
                }
            }
            var all = Campaign(schedules: count)
            for await part in group {
                for path in all.counts.indices { all.counts[path] += part.counts[path] }
                all.failures += part.failures
            }
            all.failures.sort { $0.seed < $1.seed }
            return all
        }
    }

    private static func runPart(_ seeds: StrideThrough<UInt64>, _ isDrawn: Bool) async -> Campaign {
        var part = Campaign(schedules: 0)
        for seed in seeds where part.failures.count < 10 {
            let world = World(seed: seed, isDrawn: isDrawn)
            if let violation = await world.run() { part.failures.append((seed, violation)) }
            for path in part.counts.indices { part.counts[path] += world.paths.counts[path] }
            // Schedules never wait: without this, other tests of the process would get no thread until the last one.
            await Task.yield()
        }
        return part
    }

    /// The counts, a line each.
    var report: String {
        let lines = RarePath.allCases.map { path in
            "\("\(path)".padding(toLength: 30, withPad: " ", startingAt: 0)) \(counts[path.rawValue])"
        }
        let violations = failures.map { "seed \($0.seed): \($0.violation)" }
        return (["\(schedules) schedules, \(failures.count) violated"] + violations + lines).joined(separator: "\n")
    }

    /// One schedule once more, with all that happened in it.
    static func replay(_ seed: UInt64, isDrawn: Bool = false) async -> (violation: String?, trail: String) {
        let world = World(seed: seed, isDrawn: isDrawn, keepsTrail: true)
        let violation = await world.run()
        let trail = world.trail ?? []
        return (violation, "seed \(seed): \(violation ?? "nothing violated")\n" + trail.joined(separator: "\n"))
    }

    /// A number from the environment.
    static func number(_ name: String) -> UInt64? { ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } }
}

extension World {
    /// Lives the whole schedule; returns what is violated.
    func run() async -> String? {
        for _ in 0..<rules.actions where complaint == nil { await act() }
        if complaint == nil { await end() }
        return complaint
    }
}
