import FlashSale
import FlashSaleStorage
import MariaDB
import TestSupport
import Testing

/// Sequences of events against real stores, held against the same sequences in the pure state machine.
@Suite("Orders: sequences against real stores")
struct OrderWalkStoreTests {
    /// So many sequences, chosen by a fixed seed: every checkout, with and without somebody waiting behind.
    static let sequences = 60

    @Test("What the stores end up with is what the state machine says", arguments: Checkout.allCases, [true, false])
    func sequences(checkout: Checkout, hasRival: Bool) async throws {
        try await Sale.with { sale in
            var generator = SeededGenerator(
                seed: UInt64(hasRival ? 1 : 2) &* 97 &+ UInt64(checkout.rawValue.utf8.count)
            )
            for number in 0..<Self.sequences {
                let steps = (0..<6).map { _ in PurchaseStep.allCases.randomElement(using: &generator) ?? .paid }
                let purchase = try await Purchase(sale, checkout: checkout, hasRival: hasRival, number: number)
                var model = PurchaseModel(checkout: checkout, hasRival: hasRival)
                for step in steps {
                    try await purchase.take(step)
                    model.take(step)
                }
                try await purchase.end()
                model.end()
                let trail = "\(steps.map(\.rawValue))"
                let order = try #require(try await sale.desk.order(purchase.order), "\(trail)")
                #expect(order.state == model.order, "\(trail)")
                #expect(try await sale.messages(purchase.order) == model.messages.map(\.rawValue), "\(trail)")
                #expect(
                    try await sale.standing(purchase.product, "ann")?.status == order.status.purchaseStatus,
                    "\(trail)"
                )
                let results = try await sale.admin.payments(of: purchase.order)
                #expect(results.count == model.results.count, "\(trail)")
                for record in results {
                    let answer = try #require(model.results[purchase.number(of: record.event.id)], "\(trail)")
                    #expect(record.result == Self.result(answer), "\(trail)")
                }
                try await sale.expectOrdersBalance(purchase.product)
            }
        }
    }

    private static func result(_ answer: OrderTransition.Answer) -> PaymentResult {
        switch answer {
        case .done: .processed
        case .again: .duplicate
        case .waiting: .waiting
        case .recovered: .recovered
        case .refundDue: .refundDue
        case .conflicting, .refused: .conflicting
        }
    }
}

/// The same steps as ``PurchaseModel`` takes, against both stores.
private final class Purchase {
    let product: ProductID
    let order: OrderID
    private let sale: Sale
    private let lease: Lease
    private let prefix: String
    private var eventCount = 0
    private var lastEvent: PaymentEvent?
    private var isDecided = false

    init(_ sale: Sale, checkout: Checkout, hasRival: Bool, number: Int) async throws {
        self.sale = sale
        prefix = "\(number)-"
        product = try await sale.product(stock: 1, checkout: checkout).id
        lease = try await sale.lease(product)
        order = try await sale.join(product, "ann").order
        if hasRival { try await sale.join(product, "rival") }
    }

    func number(of id: String) -> String { String(id.dropFirst(prefix.count)) }

    func take(_ step: PurchaseStep) async throws {
        switch step {
        case .earlyEvent: try await report(.paid)
        case .paid:
            try await serve()
            try await report(.paid)
        case .failed:
            try await serve()
            try await report(.failed)
        case .duplicate:
            try await serve()
            if let lastEvent { _ = try await sale.desk.record(lastEvent) }
        case .checkout:
            try await serve()
            _ = try await sale.desk.checkOut(order)
        case .giveBack:
            try await serve()
            _ = try await sale.desk.giveBack(order)
        case .expiry:
            try await serve()
            try await sale.makeDue(order)
        case .workerCrash: try await crash()
        }
        if isDecided { try await serve() }
    }

    func end() async throws {
        try await serve()
        try await sale.makeDue(order)
        try await serve()
    }

    private func report(_ status: PaymentEvent.Status) async throws {
        eventCount += 1
        let event = try sale.event("\(prefix)event-\(eventCount)", order, status)
        lastEvent = event
        _ = try await sale.desk.record(event)
    }

    private func serve() async throws {
        try await sale.serve(lease)
        isDecided = true
    }

    /// Dies between the commit and the acknowledgement; the successor is handed the same batch.
    private func crash() async throws {
        let answer = try await sale.served.claim(product, fence: lease.fence, limit: 50, dropLimit: 1_000)
        if case .claimed(let claim) = answer { _ = try await sale.books.settle(claim, of: product, fence: lease.fence) }
        try await serve()
    }
}

/// Splitmix64: the same sequences on every run.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
