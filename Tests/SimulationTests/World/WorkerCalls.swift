import FlashSale

extension World {
    /// A worker's call to a store, with all that may go wrong on the way.
    ///
    /// - Parameter commits: Whether the outcome is unknown when no reply comes.
    func call<R>(
        _ store: Store,
        _ name: StaticString,
        by worker: SimulatedWorker,
        commits: Bool = false,
        _ effect: () throws -> R
    ) async throws -> R {
        guard hasFaults else {
            note("\(worker.name) \(name)")
            return try effect()
        }
        let process = worker.process
        if random.happens(perMille: rules.pauses) { try await pause(worker, process, before: name) }
        note("\(worker.name) \(name)")
        if let left = callsAway[store], left > 0 {
            callsAway[store] = left - 1
            paths.count(store == .redis ? .redisAway : .databaseAway)
            throw StoreUnavailable(reason: "away")
        }
        guard random.happens(perMille: rules.callFaults) else { return try effect() }
        switch random.below(5) {
        case 0:
            paths.count(.workerKilledBeforeCall)
            throw ProcessKilled()
        case 1:
            _ = try effect()
            paths.count(.workerKilledAfterCall)
            throw ProcessKilled()
        case 2:
            note("the call never arrived")
            if commits { paths.count(.commitUnknownUndone) }
            throw commits ? OutcomeUnknown(cause: Away()) : StoreUnavailable(reason: "away")
        case 3:
            _ = try effect()
            note("the reply is lost")
            paths.count(commits ? .commitUnknownDone : .replyLost)
            throw commits ? OutcomeUnknown(cause: Away()) : StoreUnavailable(reason: "away")
        default:
            let result = try effect()
            try await pause(worker, process, before: "the reply")
            return result
        }
    }

    private struct Away: Error {}

    /// Others go on while a worker stands still in the middle of a call.
    private func pause(_ worker: SimulatedWorker, _ process: Int, before name: StaticString) async throws {
        guard depth < 2 else { return }
        note("\(worker.name) is paused before \(name)")
        paths.count(.workerPaused)
        depth += 1
        if random.below(2) == 0 {
            await takeOver(from: worker)
        } else {
            for _ in 0...random.below(4) { await act() }
        }
        depth -= 1
        guard worker.process == process else {
            paths.count(.workerKilledInCall)
            throw ProcessKilled()
        }
    }

    /// Somebody else gets the products of a worker that stands still.
    private func takeOver(from worker: SimulatedWorker) async {
        passTime(Rules.leaseMilliseconds + 100)
        guard let other = workers.first(where: { $0 !== worker }) else { return }
        await other.renewLeases()
        for _ in 0...random.below(4) { _ = await other.step(random.below(4)) }
    }
}

/// A worker's way to Redis.
struct WorkerLine: ServedLine {
    unowned let world: World
    unowned let worker: SimulatedWorker

    func publish(_ product: Product, fence: Fence?) async throws -> PublishAnswer {
        try await world.call(.redis, "publishes", by: worker) { try world.line.publish(product, fence: fence) }
    }

    func prepare(_ product: ProductID, unlessAlive nonce: String?, opening: String, fence: Fence) async throws -> Bool {
        try await world.call(.redis, "prepares a line", by: worker) {
            // An older copy may have a line that was prepared before.
            world.forgetSnapshots()
            return try world.line.prepare(product, unlessAlive: nonce, opening: opening, fence: fence)
        }
    }

    func open(_ product: Product, lastTicket: Int64) async throws {
        try await world.call(.redis, "opens the line", by: worker) {
            try world.line.open(product, lastTicket: lastTicket)
            world.forgetSnapshots()
        }
    }

    func claim(_ product: ProductID, fence: Fence, limit: Int, dropLimit: Int) async throws -> ClaimAnswer {
        try await world.call(.redis, "claims", by: worker) {
            let answer = try world.counting(.claimFenced) {
                try world.line.claim(product, fence: fence, limit: limit, dropLimit: dropLimit)
            }
            world.note("\(answer.words)")
            return answer
        }
    }

    func acknowledge(_ acknowledgement: Acknowledgement) async throws {
        try await world.call(.redis, "acknowledges", by: worker) {
            world.judge(acknowledgement)
            world.note(
                "decided: " + acknowledgement.decisions.map { "\($0.ticket) \($0.status)" }.joined(separator: ", ")
            )
            try world.counting(.acknowledgementFenced) { try world.line.acknowledge(acknowledgement) }
        }
    }

    /// One connection takes both commands in their order: whatever may come between them may come here.
    func acknowledge(
        _ acknowledgement: Acknowledgement,
        claiming limit: Int,
        dropLimit: Int
    ) async throws -> ClaimAnswer {
        try await acknowledge(acknowledgement)
        let (product, fence) = (acknowledgement.product, acknowledgement.fence)
        let answer =
            acknowledgement.isOfDrawn
            ? try await claimDrawn(product, fence: fence, limit: limit, dropLimit: dropLimit)
            : try await claim(product, fence: fence, limit: limit, dropLimit: dropLimit)
        if case .claimed = answer { world.paths.count(.claimedAhead) }
        return answer
    }

    func show(_ orders: [Order], of product: Product, fence: Fence) async throws {
        try await world.call(.redis, "shows orders", by: worker) {
            try world.line.show(orders, of: product.id, by: fence, stock: product)
        }
    }

    func rebuild(_ page: OutcomePage, of product: ProductID, fence: Fence) async throws {
        try await world.call(.redis, "shows outcomes again", by: worker) {
            try world.line.rebuild(page, of: product, fence: fence)
        }
    }

    func reopen(_ product: Product, fence: Fence) async throws {
        try await world.call(.redis, "reopens the line", by: worker) {
            try world.line.reopen(product, fence: fence)
            world.forgetSnapshots()
        }
    }

    /// The world moves its workers itself.
    func withWakeUps(_ body: (any AsyncSequence<ProductID, any Error>) async throws -> Void) async throws {
        throw StoreUnavailable(reason: "no wake-ups here")
    }
}

/// A worker's way to MariaDB.
struct WorkerBooks: SaleBooks {
    unowned let world: World
    unowned let worker: SimulatedWorker

    func renewLeases(worker name: String, for duration: Duration, maximum: Int) async throws -> [Lease] {
        try await world.call(.database, "renews its leases", by: worker, commits: true) {
            world.books.renewLeases(worker: name, milliseconds: Rules.leaseMilliseconds)
        }
    }

    func releaseLeases(worker name: String) async throws {
        try await world.call(.database, "gives its leases back", by: worker, commits: true) {
            world.books.releaseLeases(worker: name)
        }
    }

    func product(_ id: ProductID) async throws -> Product? {
        try await world.call(.database, "reads the product", by: worker) { world.books.shelves[id.index].product }
    }

    func settle(_ claim: Claim, of product: ProductID, fence: Fence) async throws -> SettledClaim {
        if let killer = world.killer, claim.entries.contains(where: { $0.user == killer }) { throw ProcessKilled() }
        return try await world.call(.database, "settles", by: worker, commits: true) {
            try world.counting(.settlementFenced) { try world.books.settle(claim, of: product, fence: fence) }
        }
    }

    func putAside(_ claim: Claim, of product: ProductID, fence: Fence, reason: String) async throws -> SettledClaim {
        try await world.call(.database, "puts aside", by: worker, commits: true) {
            try world.books.putAside(claim, of: product, fence: fence)
        }
    }

    func lastDecidedTicket(of product: ProductID) async throws -> Int64 {
        try await world.call(.database, "reads the last decided ticket", by: worker) {
            let decided = world.books.lastDecidedTicket(of: product)
            if let sale = world.line.products[product.index].sale, sale.nonce != nil, sale.lastTicket < decided {
                world.paths.count(.olderLineFoundByBooks)
            }
            return decided
        }
    }

    func decisions(on claim: Claim, of product: ProductID) async throws -> [Decision] {
        try await world.call(.database, "reads decisions", by: worker) {
            let decided = world.books.decided(product.index, claim)
            return claim.entries.compactMap { decided[$0.ticket] }
        }
    }

    func outcomes(of product: ProductID, after ticket: Int64, limit: Int) async throws -> OutcomePage {
        try await world.call(.database, "reads outcomes", by: worker) {
            world.books.outcomes(of: product, after: ticket, limit: limit)
        }
    }

    func nameLine(of product: ProductID, nonce: String) async throws -> (product: Product, isNew: Bool) {
        try await world.call(.database, "names the line", by: worker, commits: true) {
            world.books.nameLine(of: product, nonce: nonce)
        }
    }

    func recordLostLine(
        of product: ProductID,
        newNonce: String,
        fence: Fence
    ) async throws -> (product: Product, lastTicket: Int64) {
        try await world.call(.database, "records a lost line", by: worker, commits: true) {
            try world.books.recordLostLine(of: product, newNonce: newNonce, fence: fence)
        }
    }

    func reopen(_ product: ProductID, lastTicket: Int64, fence: Fence) async throws -> Product {
        try await world.call(.database, "ends the sold-out range", by: worker, commits: true) {
            try world.books.reopen(product, lastTicket: lastTicket, fence: fence)
        }
    }

    func productsToSweep(limit: Int) async throws -> [ProductID] {
        try await world.call(.database, "looks for due orders", by: worker) { world.books.productsToSweep() }
    }

    func sweep(_ product: ProductID, fence: Fence, limit: Int) async throws -> OrderSweep {
        try await world.call(.database, "sweeps", by: worker, commits: true) {
            try world.counting(.sweepFenced) { try world.books.sweep(product, fence: fence, limit: limit) }
        }
    }

    func markShown(_ sweep: OrderSweep) async throws {
        try await world.call(.database, "marks orders as shown", by: worker, commits: true) {
            world.books.markShown(sweep)
        }
    }
}

extension World {
    /// Counts calls that were fenced out.
    func counting<R>(_ path: RarePath, _ effect: () throws -> R) throws -> R {
        do { return try effect() } catch let error as Fenced {
            paths.count(path)
            throw error
        }
    }
}

extension ClaimAnswer {
    /// A few words for the trail.
    fileprivate var words: String {
        switch self {
        case .claimed(let claim):
            "batch \(claim.number), attempt \(claim.attempts): "
                + claim.entries.map { "\($0.ticket) \($0.cart)" }.joined(separator: ", ")
                + (claim.unreadable.isEmpty ? "" : ", \(claim.unreadable.count) unreadable")
        case .empty: "nobody waits"
        case .paused: "paused"
        case .soldOut(let remaining, let lastTicket): "sold out, \(remaining) to drop, last ticket \(lastTicket)"
        case .missing: "no line"
        }
    }
}
