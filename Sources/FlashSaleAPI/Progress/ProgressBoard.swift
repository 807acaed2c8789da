import FlashSale
import NIOCore
import Synchronization

/// How the lines move, kept in memory: however many ask for a product, the line is looked at four times a second at most.
///
/// Only products that are asked for are looked at. A product that events are sent for is looked at by them, and the board
/// hears of it.
final class ProgressBoard: Sendable {
    /// What is known of a line: an object, since every answer to somebody who waits takes hold of it.
    final class Page: Sendable {
        /// As it was seen.
        let progress: LineProgress
        /// What follows from its pace.
        let estimate: WaitEstimate?
        /// The document that everybody reads; the same for the whole second.
        let document: ByteBuffer
        /// Names the document's bytes.
        let tag: String

        init(progress: LineProgress, estimate: WaitEstimate?, document: ByteBuffer, tag: String) {
            self.progress = progress
            self.estimate = estimate
            self.document = document
            self.tag = tag
        }
    }

    private struct Entry {
        var page: Page?
        var seenAt: ContinuousClock.Instant?
        /// When the line was last looked at, and what came of it if that was no good.
        var lookedAt: ContinuousClock.Instant?
        var failure: (any Error)?
        var flight: Task<Page, any Error>?
        var askedAt: ContinuousClock.Instant
        /// Whether somebody else looks at the line all the time.
        var isWatched = false

        /// Whether nobody looks at the line, and it is time to.
        func isDue(_ now: ContinuousClock.Instant) -> Bool {
            guard flight == nil else { return false }
            guard let lookedAt else { return true }
            return now - lookedAt >= (isWatched ? ProgressBoard.freshFor : ProgressBoard.pause)
        }
    }

    /// How long the line is left alone after a look.
    static let pause = Duration.milliseconds(250)
    /// What is older than this is looked at before it is answered.
    private static let freshFor = Duration.seconds(1)
    /// For how long the last look is good while the store is away.
    private static let goodFor = Duration.seconds(5)
    /// A product that nobody has asked for so long is forgotten, once there are many.
    private static let idleTime = Duration.seconds(60)
    private static let manyProducts = 1_000
    private static let mostProducts = 10_000

    private let line: any WatchedLine
    private let pace: PollPace
    private let now: @Sendable () -> ContinuousClock.Instant
    private let entries = Mutex<[ProductID: Entry]>([:])

    /// - Parameter now: The time, in one place so that tests can choose it.
    init(
        line: any WatchedLine,
        pace: PollPace,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.line = line
        self.pace = pace
        self.now = now
    }

    /// What is known of a line, at most about a second old; five while the store is away.
    ///
    /// - Throws: ``UnknownSale``, ``StoreUnavailable``, 503 `overloaded` when too many products are asked for.
    func page(of product: ProductID) async throws -> Page {
        let step = try entries.withLock { entries -> Step in
            let now = now()
            guard makeRoom(for: product, in: &entries, now: now) else { throw Problem.overloaded }
            var entry = entries[product] ?? Entry(askedAt: now)
            entry.askedAt = now
            let age = entry.seenAt.map { now - $0 }
            refreshIfDue(&entry, product, now: now)
            entries[product] = entry
            if let page = entry.page, let age, age < Self.freshFor { return .answer(page) }
            let fallback = age.map { $0 < Self.goodFor } == true ? entry.page : nil
            if let flight = entry.flight { return .wait(flight, fallback) }
            if let fallback { return .answer(fallback) }
            throw entry.failure ?? StoreUnavailable(reason: "product \(product) was just asked for")
        }
        switch step {
        case .answer(let page): return page
        case .wait(let flight, let fallback):
            do { return try await flight.value } catch let error as UnknownSale { throw error } catch {
                guard let fallback else { throw error }
                return fallback
            }
        }
    }

    /// What ``page(of:)`` answers without waiting; nil when it would have to wait, or to refuse.
    func freshPage(of product: ProductID) -> Page? {
        entries.withLock { entries in
            let now = now()
            guard let index = entries.index(forKey: product) else { return nil }
            return page(product, at: index, in: &entries, noOlderThan: Self.freshFor, now: now)
        }
    }

    private enum Step {
        case answer(Page)
        case wait(Task<Page, any Error>, Page?)
    }

    /// What is known of a line without asking anybody; nil when that is nothing, or old.
    ///
    /// Whoever asks lets the board look at the line, so that the next one may be answered.
    func glance(at product: ProductID) -> Page? {
        entries.withLock { entries in
            let now = now()
            if let index = entries.index(forKey: product) {
                return page(product, at: index, in: &entries, noOlderThan: Self.goodFor, now: now)
            }
            guard makeRoom(for: product, in: &entries, now: now) else { return nil }
            var entry = Entry(askedAt: now)
            refreshIfDue(&entry, product, now: now)
            entries[product] = entry
            return nil
        }
    }

    /// What is known of a line that was asked for before; the entry is changed where it lies.
    private func page(
        _ product: ProductID,
        at index: Dictionary<ProductID, Entry>.Index,
        in entries: inout [ProductID: Entry],
        noOlderThan age: Duration,
        now: ContinuousClock.Instant
    ) -> Page? {
        entries.values[index].askedAt = now
        if entries.values[index].isDue(now) { refreshIfDue(&entries.values[index], product, now: now) }
        guard let seenAt = entries.values[index].seenAt, now - seenAt < age else { return nil }
        return entries.values[index].page
    }

    /// Looks at a line for those who watch some of its users; the board then knows it as well.
    ///
    /// - Throws: ``UnknownSale``, ``StoreUnavailable``.
    func look(at product: ProductID, for users: [WatchedUser]) async throws -> (page: Page, sighting: LineSighting) {
        entries.withLock { entries in
            entries[product, default: Entry(askedAt: now())].isWatched = true
            entries[product]?.lookedAt = now()
        }
        let sighting = try await line.look(at: product, for: users)
        return (keep(sighting.progress), sighting)
    }

    /// Nobody watches the users of a line any more.
    func endWatch(of product: ProductID) { entries.withLock { $0[product]?.isWatched = false } }

    /// Starts a look unless one is under way, or was just now; it is nobody's child: all who ask share it.
    private func refreshIfDue(_ entry: inout Entry, _ product: ProductID, now: ContinuousClock.Instant) {
        guard entry.isDue(now) else { return }
        entry.lookedAt = now
        entry.flight = Task {
            do {
                let page = keep(try await line.look(at: product, for: []).progress)
                entries.withLock { $0[product]?.flight = nil }
                return page
            } catch {
                entries.withLock { entries in
                    entries[product]?.flight = nil
                    entries[product]?.failure = error
                    // Numbers that nobody sells are not remembered: there are too many of them.
                    if error is UnknownSale { entries[product] = nil }
                }
                throw error
            }
        }
    }

    private func keep(_ progress: LineProgress) -> Page {
        let estimate = WaitEstimate(progress.pace)
        return entries.withLock { entries in
            let known = entries[progress.product]?.page
            // What was seen later counts, whoever comes first.
            if let known, known.progress.nonce == progress.nonce, known.progress.seenAt > progress.seenAt {
                return known
            }
            let page = page(progress, estimate, after: known)
            let now = now()
            entries[progress.product, default: Entry(askedAt: now)].page = page
            entries[progress.product]?.seenAt = now
            entries[progress.product]?.failure = nil
            return page
        }
    }

    private func page(_ progress: LineProgress, _ estimate: WaitEstimate?, after known: Page?) -> Page {
        let second = progress.seenAt.milliseconds / 1_000
        if let known, known.progress.nonce == progress.nonce, known.progress.seenAt.milliseconds / 1_000 == second {
            return Page(progress: progress, estimate: estimate, document: known.document, tag: known.tag)
        }
        let document = ProgressDocument.document(
            progress,
            estimate: estimate,
            pollAfterMilliseconds: pace.milliseconds(for: progress)
        )
        return Page(progress: progress, estimate: estimate, document: document, tag: Self.tag(of: document))
    }

    private func makeRoom(
        for product: ProductID,
        in entries: inout [ProductID: Entry],
        now: ContinuousClock.Instant
    ) -> Bool {
        guard entries[product] == nil, entries.count >= Self.manyProducts else { return true }
        entries = entries.filter { $0.value.isWatched || now - $0.value.askedAt < Self.idleTime }
        return entries.count < Self.mostProducts
    }

    /// FNV-1a, 64 bits: equal bytes have equal tags, in every process.
    private static func tag(of document: ByteBuffer) -> String {
        let hash = document.readableBytesView.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return "\"\(String(hash, radix: 16))\""
    }
}
