import FlashSale
import Testing

@Suite("Wait estimates")
struct WaitEstimateTests {
    private func pace(_ tickets: [Int64], seconds: Int = 5, standstill: Duration = .zero) -> RecentPace {
        RecentPace(
            buckets: tickets.enumerated().map { index, count in
                RecentPace.Bucket(tickets: count, waited: .seconds(seconds), age: .seconds(5 * index))
            },
            standstill: standstill
        )
    }

    @Test("A steady line: the rate is that of its buckets, and the range lies around the place divided by it")
    func steady() throws {
        let estimate = try #require(WaitEstimate(pace(Array(repeating: 500, count: 12))))
        #expect(abs(estimate.ticketsPerSecond - 100) < 0.001)
        let wait = estimate.seconds(until: 3_000)
        #expect(wait.p50 == 31)
        #expect((35...60).contains(wait.p90))
    }

    @Test("Nothing decided lately, or nobody waited: there is nothing to tell from")
    func unknown() {
        #expect(WaitEstimate(RecentPace()) == nil)
        #expect(WaitEstimate(pace([0, 0, 0])) == nil)
        #expect(WaitEstimate(pace([50], seconds: 0)) == nil)
        #expect(WaitEstimate(RecentPace(standstill: .seconds(60))) == nil)
    }

    @Test("A standstill makes every wait longer, before any bucket has it")
    func standstill() throws {
        var last = 0
        for seconds in [0, 5, 20, 60, 120] {
            let pace = pace(Array(repeating: 500, count: 12), standstill: .seconds(seconds))
            let wait = try #require(WaitEstimate(pace)).seconds(until: 1_000)
            #expect(wait.p90 > last)
            last = wait.p90
        }
    }

    @Test("What happened lately counts more than what happened before")
    func recent() throws {
        let slower = try #require(WaitEstimate(pace(Array(repeating: 100, count: 6) + Array(repeating: 500, count: 6))))
        let faster = try #require(WaitEstimate(pace(Array(repeating: 500, count: 6) + Array(repeating: 100, count: 6))))
        #expect(slower.ticketsPerSecond < 60)
        #expect(faster.ticketsPerSecond > 60)
    }

    @Test("An uneven pace, and a short memory, make the range wider")
    func width() throws {
        func share(_ tickets: [Int64]) throws -> Double {
            let wait = try #require(WaitEstimate(pace(tickets))).seconds(until: 50_000)
            return Double(wait.p90) / Double(wait.p50)
        }
        let steady = try share(Array(repeating: 500, count: 12))
        #expect(try share((0..<12).map { $0.isMultiple(of: 2) ? 1_000 : 0 }) > steady)
        #expect(try share([500]) > steady)
    }

    @Test("The further back, the longer; no wait is negative, endless, or ends before it is likely to")
    func order() throws {
        for tickets: [Int64] in [[1], [500, 0, 0, 500], Array(repeating: 7, count: 36), [1_000_000]] {
            let estimate = try #require(WaitEstimate(pace(tickets)))
            var before = WaitRange(p50: 0, p90: 0)
            for count: Int64 in [-5, 0, 1, 2, 50, 51, 10_000, 10_000_000, Ticket.maximum] {
                let wait = estimate.seconds(until: count)
                #expect(wait.p50 >= before.p50 && wait.p90 >= before.p90)
                #expect(wait.p50 >= 1 && wait.p90 >= wait.p50 && wait.p90 <= 86_400)
                before = wait
            }
        }
    }
}

@Suite("Forecasts")
struct ForecastTests {
    private func standing(
        _ status: PurchaseStatus = .queued,
        ticket: Int64 = 10,
        state: SaleState = .open,
        stock: StockState = .available
    ) throws -> Standing {
        let product = try #require(ProductID(1))
        let ticket = try #require(Ticket(ticket))
        return Standing(
            status: status,
            product: product,
            user: try UserID("ann"),
            ticket: ticket,
            quantity: 1,
            order: OrderID(product: product, ticket: ticket),
            servedTicket: 0,
            lastTicket: 100,
            cartExpiresAt: nil,
            saleState: state,
            stockState: stock
        )
    }

    private func progress(available: Int, stock: StockState = .available) throws -> LineProgress {
        LineProgress(
            product: try #require(ProductID(1)),
            nonce: "n",
            seenAt: Timestamp(milliseconds: 0),
            saleState: .open,
            stockState: stock,
            availableStock: available,
            servedTicket: 0,
            lastTicket: 100,
            soldOutAfter: nil,
            opensAt: nil,
            cartSeconds: 300,
            pace: RecentPace(buckets: [RecentPace.Bucket(tickets: 50, waited: .seconds(5), age: .zero)])
        )
    }

    private func outlook(_ standing: Standing, _ progress: LineProgress?) -> Forecast? {
        Forecast(for: standing, progress: progress, estimate: progress.flatMap { WaitEstimate($0.pace) })
    }

    @Test("Paused and all held are said as such, and no time is told", arguments: [0, 5, 50])
    func still(available: Int) throws {
        let progress = try progress(available: available)
        #expect(outlook(try standing(state: .paused), progress) == Forecast(outlook: .paused))
        #expect(outlook(try standing(state: .paused, stock: .allHeld), progress) == Forecast(outlook: .paused))
        #expect(outlook(try standing(stock: .allHeld), progress) == Forecast(outlook: .allHeld))
        // A unit came free just now: whoever it is for is told by the next look.
        let held = try self.progress(available: 0, stock: .allHeld)
        #expect(outlook(try standing(), held) == Forecast(outlook: .allHeld))
    }

    @Test(
        "The tenth in line and ten units: it moves; nine units: the stock will probably not reach, and no time is told"
    )
    func stock() throws {
        #expect(outlook(try standing(), try progress(available: 10))?.outlook == .moving)
        #expect(outlook(try standing(), try progress(available: 9)) == Forecast(outlook: .beyondStock))
    }

    @Test("Nothing to tell from is said; whoever does not wait is told nothing")
    func unknown() throws {
        #expect(outlook(try standing(), nil) == Forecast(outlook: .unknown))
        for status in PurchaseStatus.allCases where status != .queued {
            #expect(outlook(try standing(status), try progress(available: 10)) == nil)
        }
    }
}
