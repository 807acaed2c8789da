import FlashSale
import Testing

/// The rules of a batch, one mistake of other systems at a time.
@Suite("Settlement")
struct SettlementTests {
    @Test("Units go out in the order of tickets, whatever order the entries come in")
    func ticketOrder() throws {
        let entries = try [3, 1, 2].map { try entry($0) }
        let settlement = Settlement(of: entries, facts: facts(available: 2))
        #expect(statuses(settlement) == [1: .completed, 2: .completed, 3: .soldOut])
        #expect(settlement.unitsTaken == 2)
        #expect(settlement.decisions.map(\.ticket.rawValue) == [1, 2, 3])
    }

    @Test("Two carts of three do not get five units")
    func noOversale() throws {
        let entries = try [entry(1, quantity: 3), entry(2, quantity: 3)]
        let settlement = Settlement(of: entries, facts: facts(available: 5))
        #expect(statuses(settlement) == [1: .completed, 2: .soldOut])
        #expect(settlement.unitsTaken == 3)
    }

    @Test("One unit short skips that user and serves the next")
    func oneShortDoesNotBlock() throws {
        let entries = try [entry(1, quantity: 2), entry(2, quantity: 1)]
        let settlement = Settlement(of: entries, facts: facts(available: 1))
        #expect(statuses(settlement) == [1: .soldOut, 2: .completed])
        #expect(settlement.soldOutAfter == 2)
    }

    @Test("A duplicate click in one batch burns no unit")
    func duplicateInBatch() throws {
        let entries = try [entry(1, user: "ann"), entry(2, user: "ann"), entry(3, user: "bob")]
        let settlement = Settlement(of: entries, facts: facts(available: 2))
        #expect(statuses(settlement) == [1: .completed, 2: .alreadyPurchased, 3: .completed])
        #expect(settlement.decisions[1].order?.rawValue == 1)
    }

    @Test("A user with a live order gets no second one, and is told which order it is")
    func liveOrder() throws {
        var known = facts(available: 5)
        known.liveOrders = [try UserID("ann"): try ticket(4)]
        let settlement = Settlement(of: [try entry(9, user: "ann")], facts: known)
        #expect(statuses(settlement) == [9: .alreadyPurchased])
        #expect(settlement.decisions[0].order?.rawValue == 4)
        #expect(settlement.unitsTaken == 0)
    }

    @Test("Carts that ran out or were left take nothing, even when stock is short")
    func deadCarts() throws {
        let entries = try [entry(1, cart: .expired), entry(2, cart: .left), entry(3)]
        let settlement = Settlement(of: entries, facts: facts(available: 1))
        #expect(statuses(settlement) == [1: .cartExpired, 2: .left, 3: .completed])
    }

    @Test("While units are held that could cover the head, it and everybody behind wait")
    func waitsForHeldUnits() throws {
        let entries = try [entry(1), entry(2, quantity: 2), entry(3)]
        let settlement = Settlement(of: entries, facts: facts(available: 2, held: 3, checkout: .hold))
        #expect(statuses(settlement) == [1: .held])
        #expect(settlement.waiting.map(\.ticket.rawValue) == [2, 3])
        #expect(settlement.soldOutAfter == nil)
    }

    @Test("An order that held and available units together can never cover is refused, not waited for")
    func neverCoverable() throws {
        let entries = try [entry(1, quantity: 5), entry(2)]
        let settlement = Settlement(of: entries, facts: facts(available: 1, held: 3, checkout: .hold))
        #expect(statuses(settlement) == [1: .soldOut, 2: .held])
        #expect(settlement.waiting.isEmpty)
    }

    @Test("The watermark is the last decided ticket, and only when nothing is available or held")
    func watermark() throws {
        let entries = try [1, 2, 3].map { try entry($0) }
        #expect(Settlement(of: entries, facts: facts(available: 2)).soldOutAfter == 3)
        #expect(Settlement(of: entries, facts: facts(available: 4)).soldOutAfter == nil)
        #expect(Settlement(of: entries, facts: facts(available: 3, checkout: .hold)).soldOutAfter == nil)
        #expect(Settlement(of: [], facts: facts(available: 0)).soldOutAfter == nil)
    }

    @Test("Decisions of an earlier attempt are acknowledged again, not made again")
    func recoveredBatch() throws {
        let entries = try [1, 2, 3].map { try entry($0) }
        let first = Settlement(of: entries, facts: facts(available: 2))
        var known = facts(available: 0)
        known.decided = Dictionary(uniqueKeysWithValues: first.decisions.map { ($0.ticket, $0) })
        known.soldOutAfter = first.soldOutAfter
        let again = Settlement(of: entries, facts: known)
        #expect(again.decisions.isEmpty)
        #expect(again.unitsTaken == 0)
        #expect(again.alreadyDecided == first.decisions)
        #expect(again.soldOutAfter == 3)
    }

    @Test("The checkout of the product says where an order starts", arguments: Checkout.allCases)
    func firstStatus(_ checkout: Checkout) throws {
        let settlement = Settlement(of: [try entry(1)], facts: facts(available: 5, checkout: checkout))
        let expected: [Checkout: PurchaseStatus] = [.instant: .completed, .payment: .pending, .hold: .held]
        #expect(settlement.decisions.first?.status == expected[checkout])
    }

    @Test(
        "Any batch: no ticket twice, no unit too many, none left while somebody live was refused one",
        arguments: 0..<200
    )
    func anyBatch(_ seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let available = Int.random(in: 0...20, using: &generator)
        let held = Int.random(in: 0...5, using: &generator)
        let entries = try (1...Int64(40)).map { number in
            try entry(
                number,
                user: "user\(Int.random(in: 0...25, using: &generator))",
                quantity: Int.random(in: 1...4, using: &generator),
                cart: [.live, .live, .live, .expired, .left].randomElement(using: &generator) ?? .live
            )
        }
        let settlement = Settlement(
            of: entries.shuffled(using: &generator),
            facts: facts(available: available, held: held)
        )
        let tickets = settlement.decisions.map(\.ticket.rawValue) + settlement.waiting.map(\.ticket.rawValue)
        #expect(tickets == Array(1...40))
        let ordered = settlement.decisions.filter(\.status.hasOrder)
        #expect(ordered.reduce(0) { $0 + $1.quantity } == settlement.unitsTaken)
        #expect(settlement.unitsTaken <= available)
        #expect(Set(ordered.map(\.user)).count == ordered.count)
        let rest = available - settlement.unitsTaken
        for decision in settlement.decisions where decision.status == .soldOut {
            #expect(decision.quantity > rest + held)
        }
        if let first = settlement.waiting.first { #expect(first.quantity > rest && first.quantity <= rest + held) }
    }

    private func statuses(_ settlement: Settlement) -> [Int64: PurchaseStatus] {
        Dictionary(uniqueKeysWithValues: settlement.decisions.map { ($0.ticket.rawValue, $0.status) })
    }

    private func facts(available: Int, held: Int = 0, checkout: Checkout = .instant) -> Settlement.Facts {
        Settlement.Facts(available: available, held: held, checkout: checkout)
    }

    private func ticket(_ number: Int64) throws -> Ticket { try #require(Ticket(number)) }

    private func entry(
        _ number: Int64,
        user: String? = nil,
        quantity: Int = 1,
        cart: CartVerdict = .live
    ) throws -> ClaimedEntry {
        ClaimedEntry(
            ticket: try ticket(number),
            user: try UserID(user ?? "user\(number)"),
            quantity: quantity,
            cart: cart
        )
    }
}

/// A small generator with a fixed sequence per seed.
///
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
