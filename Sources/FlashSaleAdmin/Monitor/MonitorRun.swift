import Assembly
import FlashSale
import FlashSaleStorage
import Glibc

/// One run of `flashsale queue monitor`.
struct MonitorRun: Sendable {
    /// The most products that are watched at once.
    static let maximumProducts = 50
    /// A frame may cost at most this part of the time: watching must not slow a big sale down.
    private static let restForEachFrame = 4

    /// What to watch, and how often.
    struct Plan: Sendable, Equatable {
        /// None for all.
        let products: [ProductID]
        let interval: Duration
        /// Nil for any number.
        let frames: Int?
    }

    let plan: Plan
    let administration: SaleAdministration
    let api: APIAddress

    /// Shows frames until there were enough, or a signal asks to stop.
    ///
    /// A store that is away for a while is shown as such, and ends nothing.
    ///
    /// - Throws: `UnknownProduct` when a product that was named does not exist.
    func untilStopped(_ show: @escaping @Sendable (MonitorFrame) -> Void) async throws {
        let signals = StopSignals { _exit(128 + SIGINT) }
        defer { signals.stop() }
        try await FirstEnd.of(
            { await signals.wait() },
            { try await showFrames(show) }
        ).get()
    }

    private func showFrames(_ show: @Sendable (MonitorFrame) -> Void) async throws {
        let clock = ContinuousClock()
        var paces: [ProductID: LinePace] = [:]
        var shown = 0
        while true {
            let began = clock.now
            let frame = try await frame(&paces)
            show(frame)
            shown += 1
            if let frames = plan.frames, shown >= frames { return }
            let took = clock.now - began
            try await clock.sleep(until: began + max(plan.interval, took * (1 + Self.restForEachFrame)))
        }
    }

    private func frame(_ paces: inout [ProductID: LinePace]) async throws -> MonitorFrame {
        async let sighting = APISighting.look(at: api)
        var lines: [MonitorFrame.Line] = []
        var hidden = 0
        var problem: CommandFailure?
        do {
            let all = plan.products.isEmpty ? try await administration.products().map(\.id) : plan.products
            hidden = max(0, all.count - Self.maximumProducts)
            lines = try await self.lines(Array(all.prefix(Self.maximumProducts)), &paces)
        } catch let error as UnknownProduct {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            problem = CommandFailure(error) ?? .refused("\(error)")
        }
        return MonitorFrame(
            time: .now(),
            lines: lines,
            hidden: hidden,
            problem: problem,
            api: await sighting,
            apiAddress: api
        )
    }

    private func lines(
        _ products: [ProductID],
        _ paces: inout [ProductID: LinePace]
    ) async throws -> [MonitorFrame.Line] {
        let leases = try await administration.leaseHolders()
        var lines: [MonitorFrame.Line] = []
        for product in products {
            let report = try await administration.queue(of: product)
            let decided = report.outcomes.reduce(0) { $0 + $1.tickets }
            let now = ContinuousClock.now
            var pace = paces[product] ?? LinePace(decided: decided, at: now)
            pace.note(decided: decided, at: now)
            paces[product] = pace
            lines.append(MonitorFrame.Line(report: report, lease: leases[product], pace: pace))
        }
        return lines
    }
}
