import FlashSale
import Logging

/// A worker's work on one product under one lease: claim, settle, acknowledge, and look after its orders.
///
/// It neither waits nor asks a clock nor decides when to stop: ``ProductServer`` does, and so can a simulation. There is no
/// repair path: after any failure the next step goes on where this one failed, and whoever takes over claims the same batch
/// again; the books say which of it is decided, and an acknowledgement is the same whoever sends it.
struct ServingTurn {
    let lease: Lease
    private let line: any ServedLine
    private let books: any SaleBooks
    private let settings: LineSettings
    private let metrics: ServingMetrics
    private let logger: Logger
    private var product: Product?
    private var unfinished: Unfinished?
    private var owesSweep = true
    /// Outcomes of tickets above this one are still to be shown again.
    private var rebuildAfter: Int64?
    /// The product's draw; nil where nothing is drawn.
    private var draw: DrawTurn?
    /// What the last step of the draw has come to.
    private var drawStep: DrawTurn.Step?
    /// Whether the drawn are served, and not yet those who came later.
    private var servesDrawn = true

    /// What a step has come to.
    enum Step {
        /// There may be more to do at once.
        case servedSomebody
        /// Until somebody joins, an order changes or time passes there is nothing to do.
        case nothingToDo
    }

    /// A batch that is not acknowledged yet.
    private enum Unfinished {
        case claimed(Claim)
        case settled(Claim, SettledClaim)
    }

    init(
        lease: Lease,
        line: any ServedLine,
        books: any SaleBooks,
        settings: LineSettings,
        metrics: ServingMetrics,
        logger: Logger
    ) {
        self.lease = lease
        self.line = line
        self.books = books
        self.settings = settings
        self.metrics = metrics
        self.logger = logger
    }

    /// Does the next piece of work: at most one batch and one sweep.
    ///
    /// A batch is acknowledged and the next one claimed in one call, so a step may end with a batch at hand.
    ///
    /// - Parameters:
    ///   - version: The product's latest version that the worker has heard of.
    ///   - isSweepDue: Whether orders may be due, or shown as they are no longer.
    ///   - isComparisonDue: Whether to tell the line again what the books say, though nothing is known to have changed.
    /// - Throws: ``Fenced`` when the lease is another's; anything else means: try again.
    mutating func step(version: Int64, isSweepDue: Bool, isComparisonDue: Bool) async throws -> Step {
        if isSweepDue { owesSweep = true }
        if isComparisonDue { product = nil }
        do {
            try await learnProduct(version)
            let draws = try await goOnWithDraw()
            let idle = unfinished == nil ? try await claim() : nil
            let step = if let idle { idle } else { try await finish(claimsNext: !owesSweep && rebuildAfter == nil) }
            let hasSwept = try await sweep()
            let hasMoreToShow = try await rebuild()
            return hasSwept || hasMoreToShow || draws ? .servedSomebody : step
        } catch {
            // Whatever failed may have changed more than it said.
            product = nil
            forgetDraw()
            throw error
        }
    }

    /// How long it is until the draw; nil when there is none ahead.
    var untilDraw: Duration? { if case .waiting(let time) = drawStep { time } else { nil } }

    /// Settles and acknowledges the batch at hand, if there is one, without taking another: serving is about to end.
    mutating func finishLastBatch() async throws {
        guard unfinished != nil else { return }
        _ = try await finish(claimsNext: false)
    }

    /// The product's version that the turn works with.
    var knownVersion: Int64 { product?.version ?? 0 }

    private mutating func learnProduct(_ version: Int64) async throws {
        guard product == nil || knownVersion < version else { return }
        guard let current = try await books.product(lease.product) else {
            throw StoreUnavailable(reason: "product \(lease.product) is gone")
        }
        owesSweep = true
        switch try await line.publish(current, fence: lease.fence) {
        case .missing:
            try await openLine()
        case .published(let lastTicket, let rebuildAfter):
            guard lastTicket >= (try await books.lastDecidedTicket(of: lease.product)) else {
                // An older copy of the line: its next tickets would be numbers that somebody has already.
                return try await openLine(isOlder: true)
            }
            product = current
            self.rebuildAfter = rebuildAfter
        }
    }

    /// Makes the draw, where there is one.
    ///
    /// - Returns: Whether there is more of it to do at once.
    private mutating func goOnWithDraw() async throws -> Bool {
        guard let product, product.access.draw != nil, let nonce = product.nonce else { return false }
        if draw == nil { draw = DrawTurn(lease: lease, line: line, books: books, logger: logger) }
        if case .over = drawStep { return false }
        let step = try await draw?.step(nonce: nonce)
        drawStep = step
        switch step {
        case .worked, .placing: return true
        case .missing:
            try await openLine()
            return true
        case .waiting, .over, nil: return false
        }
    }

    /// Takes the next batch; returns what the step has come to when there is none.
    private mutating func claim() async throws -> Step? {
        switch drawStep {
        case nil: return try await take(claimFromLine())
        case .worked, .waiting, .missing: return .nothingToDo
        case .placing: return try await take(claimDrawn())
        case .over:
            guard servesDrawn, let drawn = try await claimDrawn() else { return try await take(claimFromLine()) }
            switch drawn {
            case .empty, .soldOut(remaining: 0, lastTicket: _):
                // Whoever came after the draw is next; their entries are in another list.
                servesDrawn = false
                return try await take(claimFromLine())
            default: return try await take(drawn)
            }
        }
    }

    private func claimFromLine() async throws -> ClaimAnswer {
        try await line.claim(
            lease.product,
            fence: lease.fence,
            limit: settings.batchSize,
            dropLimit: settings.dropStep
        )
    }

    private func claimDrawn() async throws -> ClaimAnswer? {
        try await draw?.claim(limit: settings.batchSize, dropLimit: settings.dropStep)
    }

    /// Whether those are served whom the draw has brought a place.
    private var isServingDrawn: Bool { drawStep != nil && servesDrawn }

    private mutating func take(_ answer: ClaimAnswer?) async throws -> Step? {
        switch answer {
        case nil: return .nothingToDo
        case .claimed(let claim):
            unfinished = .claimed(claim)
            return nil
        case .empty:
            metrics.lineLength(0, of: lease.product)
            return isServingDrawn ? .servedSomebody : .nothingToDo
        case .paused:
            return .nothingToDo
        case .soldOut(let remaining, let lastTicket):
            metrics.lineLength(remaining, of: lease.product)
            if remaining > 0 || isServingDrawn { return .servedSomebody }
            return try await reopenIfThereIsStock(lastTicket: lastTicket)
        case .missing:
            try await openLine()
            return .servedSomebody
        }
    }

    /// Settles and acknowledges the batch at hand, from where it stands.
    private mutating func finish(claimsNext: Bool) async throws -> Step {
        let began = ContinuousClock.now
        if case .claimed(let claim) = unfinished {
            guard let settled = try await settle(claim) else { return .servedSomebody }
            unfinished = .settled(claim, settled)
        }
        guard case .settled(let claim, let settled) = unfinished else { return .servedSomebody }
        var acknowledgement = Acknowledgement(of: claim, settled, lease: lease)
        note(claim, in: &acknowledgement)
        // Entries that wait for units of others would only be claimed again; news of stock wakes this line.
        var next: ClaimAnswer?
        if claimsNext, settled.waiting.isEmpty {
            next = try await line.acknowledge(
                acknowledgement,
                claiming: settings.batchSize,
                dropLimit: settings.dropStep
            )
        } else {
            try await line.acknowledge(acknowledgement)
        }
        unfinished = nil
        product?.availableStock = settled.availableStock
        product?.soldOutAfter = settled.soldOutAfter
        metrics.batch(claim, settled, took: .now - began, product: lease.product)
        for entry in claim.unreadable {
            logger.error("an entry can't be read and is kept as a dead letter", metadata: ["reason": "\(entry.reason)"])
        }
        if settled.soldOutAfter != nil { logger.notice("sold out", metadata: ["batch": "\(claim.number)"]) }
        if let next { return try await take(next) ?? .servedSomebody }
        return settled.waiting.isEmpty ? .servedSomebody : .nothingToDo
    }

    /// Waiting entries go back to where they came from: the drawn are served before everybody else.
    private mutating func note(_ claim: Claim, in acknowledgement: inout Acknowledgement) {
        guard let roster = draw?.roster else { return }
        acknowledgement.isOfDrawn = claim.entries.contains { roster.includes($0.ticket) }
        if acknowledgement.isOfDrawn { servesDrawn = true }
    }

    /// Nil when the batch was split instead, or was none of this line's: then the next claim goes on.
    private mutating func settle(_ claim: Claim) async throws -> SettledClaim? {
        var reason = "the worker has failed \(settings.maximumAttempts) times with it"
        if claim.attempts <= settings.maximumAttempts {
            do {
                return try await books.settle(claim, of: lease.product, fence: lease.fence)
            } catch let error as UnstorableEntry {
                reason = "\(error)"
            } catch let error as OlderLine {
                logger.error("Redis has come back with an older state", metadata: ["reason": "\(error)"])
                try await openLine(isOlder: true)
                return nil
            } catch {
                // The commit may have happened all the same: the next attempt reads what is decided.
                if claim.attempts == 1 { unfinished = .claimed(claim.again) }
                throw error
            }
        }
        guard claim.isSingle else {
            try await split(claim, because: reason)
            return nil
        }
        logger.error("an entry is put aside as a dead letter", metadata: ["reason": "\(reason)"])
        return try await books.putAside(claim, of: lease.product, fence: lease.fence, reason: reason)
    }

    /// One entry breaks its batch, and which one shows when they come one by one.
    private mutating func split(_ claim: Claim, because reason: String) async throws {
        logger.warning("a batch is taken apart", metadata: ["batch": "\(claim.number)", "reason": "\(reason)"])
        // Entries nobody can read would not survive the way back into the line: they become dead letters now.
        let unreadable = Claim(
            number: claim.number,
            attempts: claim.attempts,
            entries: [],
            unreadable: claim.unreadable
        )
        let settled = try await books.settle(unreadable, of: lease.product, fence: lease.fence)
        let decided = try await books.decisions(on: claim, of: lease.product)
        var acknowledgement = Acknowledgement(splitting: claim, decided: decided, settled, lease: lease)
        note(claim, in: &acknowledgement)
        try await line.acknowledge(acknowledgement)
        unfinished = nil
    }

    /// Never between a claim and its acknowledgement: an outcome that is shown here is younger than any acknowledged one.
    ///
    /// So while a sweep is owed, the next batch is not taken.
    ///
    /// - Returns: Whether units came back or more is to be swept: then the line may move.
    private mutating func sweep() async throws -> Bool {
        guard owesSweep else { return false }
        let sweep = try await books.sweep(lease.product, fence: lease.fence, limit: settings.sweepStep)
        try await line.show(sweep.changed, of: sweep.product, fence: lease.fence)
        try await books.markShown(sweep)
        owesSweep = sweep.isCutShort
        // Not its rules: a newer version still has to be published.
        product?.availableStock = sweep.product.availableStock
        product?.soldOutAfter = sweep.product.soldOutAfter
        metrics.sweep(sweep)
        return sweep.expired > 0 || sweep.isCutShort
    }

    /// Shows again what was lost with an older line.
    ///
    /// The people of today's line come first: one page a step.
    ///
    /// - Returns: Whether there is more to show.
    private mutating func rebuild() async throws -> Bool {
        guard let after = rebuildAfter else { return false }
        let page = try await books.outcomes(of: lease.product, after: after, limit: settings.rebuildStep)
        try await line.rebuild(page, of: lease.product, fence: lease.fence)
        rebuildAfter = page.lastTicket
        return page.lastTicket != nil
    }

    private mutating func reopenIfThereIsStock(lastTicket: Int64) async throws -> Step {
        guard let known = product else { return .servedSomebody }
        if known.soldOutAfter != nil {
            guard known.availableStock > 0 else { return .nothingToDo }
            _ = try await books.reopen(lease.product, lastTicket: lastTicket, fence: lease.fence)
            // It may have come with a version that is not published yet.
            product = nil
        }
        try await line.reopen(known, fence: lease.fence)
        logger.notice("stock is back, the line is open again", metadata: ["last_ticket": "\(lastTicket)"])
        return .servedSomebody
    }

    private mutating func forgetDraw() {
        guard draw != nil else { return }
        draw?.forget()
        drawStep = .worked
        servesDrawn = true
    }

    /// Opens a line that Redis does not have: for the first time, or because its data was lost.
    ///
    /// - Parameter isOlder: Whether Redis does have the line, as it was once.
    private mutating func openLine(isOlder: Bool = false) async throws {
        // The batch at hand is part of what was lost, or was never claimed from the line that is opened now.
        unfinished = nil
        forgetDraw()
        let nonce = LineNonce.random()
        // Perhaps somebody has named and opened it since we looked: a line that lives is not lost.
        let living = isOlder ? nil : try await books.product(lease.product)?.nonce
        guard
            try await line.prepare(lease.product, unlessAlive: living, opening: nonce, fence: lease.fence)
        else { return }
        var (opened, isNew) = try await books.nameLine(of: lease.product, nonce: nonce)
        var lastTicket: Int64 = 0
        if !isNew {
            (opened, lastTicket) = try await books.recordLostLine(
                of: lease.product,
                newNonce: nonce,
                fence: lease.fence
            )
            logger.error("the line's data was lost", metadata: ["tickets_go_on_above": "\(lastTicket)"])
        }
        try await line.open(opened, lastTicket: lastTicket)
        logger.notice("the line is open")
        product = opened
        owesSweep = true
        rebuildAfter = isNew ? nil : 0
    }
}

extension Claim {
    /// The same batch, tried once more: what an earlier attempt has committed is read.
    fileprivate var again: Claim {
        var again = self
        again.attempts += 1
        return again
    }
}
