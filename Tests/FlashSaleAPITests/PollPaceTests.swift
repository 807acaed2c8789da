import FlashSale
import Testing

@testable import FlashSaleAPI

@Suite("Poll pace")
struct PollPaceTests {
    private let now = Timestamp(milliseconds: 1_000_000)

    private func standing(_ status: PurchaseStatus, ticket: Int64 = 1, cartSeconds: Int64? = nil) throws -> Standing {
        let ticket = try #require(Ticket(ticket))
        return Standing(
            status: status,
            product: .first,
            user: .alice,
            ticket: ticket,
            quantity: 1,
            order: OrderID(product: .first, ticket: ticket),
            servedTicket: 0,
            lastTicket: ticket.rawValue,
            cartExpiresAt: cartSeconds.map { Timestamp(milliseconds: now.milliseconds + $0 * 1_000) },
            saleState: .open,
            stockState: .available
        )
    }

    /// A pace from 1 s to 10 s without jitter.
    private let pace = PollPace(least: .seconds(1), most: .seconds(10)) { _, _ in 0 }

    private func moving(_ seconds: Int) -> Forecast {
        Forecast(outlook: .moving, wait: WaitRange(p50: seconds, p90: 2 * seconds))
    }

    @Test(
        "Who waits asks eight times until its turn, within the bounds and room for the jitter",
        arguments: [(1, 1_250), (10, 1_250), (16, 2_000), (40, 5_000), (80, 8_333), (100_000, 8_333)]
    )
    func wait(seconds: Int, expected: Int64) throws {
        #expect(pace.milliseconds(for: try standing(.queued), forecast: moving(seconds), now: now) == expected)
    }

    @Test(
        "Without an estimate the place decides",
        arguments: [(1, 1_250), (999, 1_250), (1_000, 2_000), (3_999, 4_000), (1_000_000, 8_333)]
    )
    func position(ticket: Int64, expected: Int64) throws {
        for forecast in [nil, Forecast(outlook: .unknown)] {
            let found = pace.milliseconds(for: try standing(.queued, ticket: ticket), forecast: forecast, now: now)
            #expect(found == expected)
        }
    }

    @Test(
        "A cart about to run out is asked for four times in what is left of it, whatever the jitter",
        arguments: [(20, 5_000), (8, 2_000), (1, 250), (0, 100), (-5, 100)]
    )
    func cart(seconds: Int64, expected: Int64) throws {
        let pace = PollPace(least: .seconds(1), most: .seconds(10)) { _, _ in 1 }
        let standing = try standing(.queued, ticket: 10_000, cartSeconds: seconds)
        #expect(pace.milliseconds(for: standing, forecast: moving(600), now: now) == expected)
    }

    @Test("What can still change is asked for soon, what can't rarely", arguments: PurchaseStatus.allCases)
    func statuses(status: PurchaseStatus) throws {
        let isOpen = [PurchaseStatus.entered, .queued, .held, .pending].contains(status)
        let found = pace.milliseconds(for: try standing(status), forecast: nil, now: now)
        #expect(found == (isOpen ? 1_250 : 8_333))
    }

    @Test(
        "Whoever has entered asks rarely, and often when the draw is near",
        arguments: [(80, 8_333), (24, 3_000), (0, 1_250)]
    )
    func entered(seconds: Int64, expected: Int64) throws {
        var standing = try standing(.entered)
        let drawAt = Timestamp(milliseconds: now.milliseconds + seconds * 1_000)
        standing.draw = PendingDraw(entrants: 1, drawAt: drawAt)
        #expect(pace.milliseconds(for: standing, forecast: nil, now: now) == expected)
    }

    @Test("Those who joined together are spread by a fifth to both sides, and stay within the bounds")
    func jitter() throws {
        let pace = PollPace(least: .seconds(1), most: .seconds(10))
        var found: [Int64] = []
        for ticket in 1...1_000 {
            let standing = try standing(.queued, ticket: Int64(ticket))
            found.append(pace.milliseconds(for: standing, forecast: moving(40), now: now))
            let extremes = [0, 100_000].map { pace.milliseconds(for: standing, forecast: moving($0), now: now) }
            #expect(extremes.allSatisfy { (1_000...10_000).contains($0) })
            // The same question has the same answer.
            #expect(found.last == pace.milliseconds(for: standing, forecast: moving(40), now: now))
        }
        #expect(found.allSatisfy { (4_000...6_000).contains($0) })
        #expect(found.min() ?? 0 < 4_050)
        #expect(found.max() ?? 0 > 5_950)
        #expect(abs(found.reduce(0, +) / 1_000 - 5_000) < 100)
    }

    @Test("Nobody is told to ask without a pause, and the most is never less than the least")
    func floor() {
        #expect(PollPace(least: .zero, most: .zero).least == 100)
        #expect(PollPace(least: .milliseconds(1_500), most: .seconds(1)).most == 1_500)
    }

    @Test("All are told the same of a line's progress: more often before it opens, rarely when it is over")
    func shared() throws {
        var progress = LineProgress(
            product: .first,
            nonce: "n",
            seenAt: now,
            saleState: .open,
            stockState: .available,
            availableStock: 1,
            servedTicket: 0,
            lastTicket: 0,
            soldOutAfter: nil,
            opensAt: nil,
            cartSeconds: 300,
            pace: RecentPace()
        )
        #expect(pace.milliseconds(for: progress) == 2_000)
        progress.saleState = .soldOut
        #expect(pace.milliseconds(for: progress) == 10_000)
        progress.saleState = .upcoming
        for (seconds, expected) in [(1, 1_000), (40, 5_000), (3_600, 10_000)] as [(Int64, Int64)] {
            progress.opensAt = Timestamp(milliseconds: now.milliseconds + seconds * 1_000)
            #expect(pace.milliseconds(for: progress) == expected)
        }
    }
}
