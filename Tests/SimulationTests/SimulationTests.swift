import Testing

/// The production's worker, settlement and order rules against stores in memory, with every fault that has a name.
///
/// `FLASHSALE_TEST_SIMULATIONS=1000000` runs more schedules; `FLASHSALE_TEST_SEED=n` tells the story of one.
@Suite("Simulation")
struct SimulationTests {
    /// One campaign for all tests that look at it.
    private static let campaign = Task {
        await Campaign.run(Campaign.number("FLASHSALE_TEST_SIMULATIONS").map { Int($0) } ?? 100_000)
    }

    @Test("No schedule violates an invariant", .enabled(if: Campaign.number("FLASHSALE_TEST_SEED") == nil))
    func noViolation() async {
        let campaign = await Self.campaign.value
        print(campaign.report)
        if let first = campaign.failures.first {
            let replay = await Campaign.replay(first.seed)
            Issue.record("\(replay.trail)\nreplay it with FLASHSALE_TEST_SEED=\(first.seed)")
        }
    }

    @Test(
        "Every rare path has run",
        .enabled(if: Campaign.number("FLASHSALE_TEST_SEED") == nil),
        arguments: RarePath.allCases.filter { !$0.isOfDraw }
    )
    func everyPathRan(path: RarePath) async {
        let campaign = await Self.campaign.value
        #expect(campaign.counts[path.rawValue] > 0)
    }

    /// Worlds whose places are drawn: people enter and leave, entering ends, a roster is read, the order is drawn, the drawn get
    /// their places and are served before whoever came later; workers and stores fail at every step of it.
    private static let draws = Task {
        await Campaign.run(Campaign.number("FLASHSALE_TEST_SIMULATIONS").map { Int($0) } ?? 20_000, isDrawn: true)
    }

    @Test("No schedule with a draw violates an invariant")
    func noViolationInDraws() async {
        let campaign = await Self.draws.value
        print(campaign.report)
        if let first = campaign.failures.first {
            Issue.record("\(await Campaign.replay(first.seed, isDrawn: true).trail)")
        }
    }

    @Test("Every rare path of a draw has run", arguments: RarePath.allCases.filter(\.isOfDraw))
    func everyPathOfDrawsRan(path: RarePath) async {
        let campaign = await Self.draws.value
        #expect(campaign.counts[path.rawValue] > 0)
    }

    /// What the simulation found when it ran for longer.
    ///
    /// 147,987: a batch was put aside whose ticket a withdrawal had sold out meanwhile. 189,805: Redis came back as it was before
    /// a withdrawal, with the same tickets, and showed units that were gone. What came to light beyond these, and changed the
    /// calls that a schedule consists of, has tests of its own: `LineServingTests/sleeperOpensNothing` and `bytesWhileReopening`.
    @Test("Schedules that violated an invariant once, beyond the first 100,000", arguments: [147_987, 189_805])
    func onceViolated(seed: UInt64) async {
        let replay = await Campaign.replay(seed)
        #expect(replay.violation == nil, "\(replay.trail)")
    }

    @Test("The same seeds tell the same stories")
    func determinism() async {
        let first = await Campaign.run(500)
        let second = await Campaign.run(500)
        #expect(first.counts == second.counts)
        let seed = UInt64(7)
        let stories = (await Campaign.replay(seed).trail, await Campaign.replay(seed).trail)
        #expect(stories.0 == stories.1)
    }

    @Test("One seed, with all that happens in it", .enabled(if: Campaign.number("FLASHSALE_TEST_SEED") != nil))
    func oneSeed() async throws {
        let seed = try #require(Campaign.number("FLASHSALE_TEST_SEED"))
        let replay = await Campaign.replay(seed)
        print(replay.trail)
        #expect(replay.violation == nil)
    }
}
