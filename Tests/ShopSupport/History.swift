import FlashSaleStorage
import MariaDB
import NIOConcurrencyHelpers
import Resilience

/// Every place that the API has promised to a client of a test, as the client saw it.
public final class History: Sendable {
    /// A 202: this user has this ticket.
    public struct Place: Hashable, Sendable {
        /// The product's number.
        public let product: Int
        /// Who was promised the place.
        public let user: String
        /// The place.
        public let ticket: Int
    }

    private let places = NIOLockedValueBox<[Place]>([])

    /// A history in which nothing has happened yet.
    public init() {}

    /// Every place so far.
    public var all: [Place] { places.withLockedValue { $0 } }

    /// Keeps what a client was told about a wish to join.
    public func note(_ answer: Answer, _ product: Int, _ user: String) {
        guard answer.status.code == 202 || answer.status.code == 200, let ticket = answer["ticket"].flatMap({ Int($0) })
        else { return }
        places.withLockedValue { $0.append(Place(product: product, user: user, ticket: ticket)) }
    }

    /// What is wrong with the history, held against the books, once every line is empty; nothing when all is well.
    ///
    /// Every promised ticket was decided exactly once, for the user it was promised to, or lies in a range that was decided
    /// at once; and no ticket was promised to two users.
    public func complaints(_ shop: RunningShop) async throws -> [String] {
        var complaints: [String] = []
        let promised = Set(all)
        let owners = Dictionary(grouping: promised) { "\($0.product)-\($0.ticket)" }
        for (ticket, places) in owners where places.count > 1 { complaints.append("ticket \(ticket) twice: \(places)") }
        let (decisions, ranges) = try await books(shop)
        for place in promised {
            let owner = decisions["\(place.product)-\(place.ticket)"]
            let isInRange = ranges.contains { $0.product == place.product && $0.tickets.contains(place.ticket) }
            switch (owner, isInRange) {
            case (place.user, false), (nil, true): break
            case (nil, false): complaints.append("\(place) was never decided")
            case (let owner?, _): complaints.append("\(place) was decided for \(owner), range: \(isInRange)")
            }
        }
        return complaints
    }

    private struct DecidedRange: Sendable {
        let product: Int
        let tickets: ClosedRange<Int>
    }

    private func books(_ shop: RunningShop) async throws -> ([String: String], [DecidedRange]) {
        try await shop.stores.database.withConnection { connection in
            var decisions: [String: String] = [:]
            for row in try connection.query("SELECT product_id, ticket, user_id FROM decisions") {
                decisions["\(try row.int("product_id"))-\(try row.int("ticket"))"] = try row.string("user_id")
            }
            let ranges = try connection.query("SELECT product_id, from_ticket, to_ticket FROM ticket_ranges").map {
                let from = try $0.int("from_ticket")
                return DecidedRange(
                    product: try $0.int("product_id"),
                    tickets: from...max(from, try $0.optionalInt("to_ticket") ?? .max)
                )
            }
            return (decisions, ranges)
        }
    }
}
