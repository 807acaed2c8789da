import FlashSale
import Synchronization

/// Which products are drawn, as far as this process has seen.
///
/// A line that is drawn answers the scripts of every other line as one that is not open yet; whoever hears that looks whether
/// the product is drawn, once a second at most, so that a crowd before the doors of another product costs no more than it did.
final class DrawProducts: Sendable {
    private enum Kind {
        /// Drawn, with entering until then.
        case draw(Timestamp)
        /// Not drawn, when it was looked at.
        case fifo(ContinuousClock.Instant)
    }

    private static let goodFor = Duration.seconds(1)
    private static let mostProducts = 10_000

    private let kinds = Mutex<[ProductID: Kind]>([:])
    /// Lines that are drawn: for as long as there is none, nothing is looked up.
    private let draws = Atomic(0)

    /// When the product is drawn; nil when that is not known.
    func drawAt(of product: ProductID) -> Timestamp? {
        guard draws.load(ordering: .relaxed) > 0 else { return nil }
        guard case .draw(let time) = kinds.withLock({ $0[product] }) else { return nil }
        return time
    }

    /// Whether the product is drawn, or may be for all that is known: a command may have been sent before that was.
    func mayBeDrawn(_ product: ProductID) -> Bool {
        switch kinds.withLock({ $0[product] }) {
        case nil, .draw: true
        case .fifo(let seen): ContinuousClock.now - seen > Self.goodFor
        }
    }

    /// Takes note of what a look has shown.
    func note(_ product: ProductID, drawAt: Timestamp?) {
        kinds.withLock { kinds in
            if kinds.count >= Self.mostProducts { kinds = [:] }
            kinds[product] = drawAt.map { .draw($0) } ?? .fifo(.now)
            let count = kinds.values.count { if case .draw = $0 { true } else { false } }
            draws.store(count, ordering: .relaxed)
        }
    }
}
