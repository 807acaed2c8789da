import FlashSale
import Synchronization

/// The highest ticket of each line that this process has seen handed out.
///
/// A Redis that comes back with fewer (an older replica, an older file) has lost places that users were told of.
final class HandedOutTickets: Sendable {
    /// A ticket, and the nonce of the line that handed it out.
    struct Highest: Hashable {
        var nonce: String
        var ticket: Int64
    }

    private let highest = Mutex<[ProductID: Highest]>([:])

    /// The highest one; none before the first join.
    func highest(of product: ProductID) -> Highest {
        highest.withLock { $0[product] } ?? Highest(nonce: "", ticket: 0)
    }

    /// Takes note of a ticket; answers may come out of order.
    func note(_ ticket: Int64, nonce: String, of product: ProductID) {
        highest.withLock { highest in
            if let known = highest[product], known.nonce == nonce, known.ticket >= ticket { return }
            highest[product] = Highest(nonce: nonce, ticket: ticket)
        }
    }
}
