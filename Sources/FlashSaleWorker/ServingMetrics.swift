import FlashSale
import Metrics
import Synchronization

/// What the worker counts.
///
/// Every series is made once and reused.
final class ServingMetrics: Sendable {
    private let outcomes: [PurchaseStatus: Counter]
    private let batches = Counter(label: "flashsale_batches")
    private let deadLetters = Counter(label: "flashsale_dead_letters")
    private let expired = Counter(label: "flashsale_orders_expired")
    private let batchTime = Metrics.Timer(label: "flashsale_batch_seconds")
    private let gauges = Mutex<[ProductID: ProductGauges]>([:])

    private struct ProductGauges {
        let lineLength: Gauge
        let servedTicket: Gauge
        let availableStock: Gauge

        init(_ product: ProductID) {
            let dimensions = [("product", "\(product)")]
            lineLength = Gauge(label: "flashsale_line_length", dimensions: dimensions)
            servedTicket = Gauge(label: "flashsale_served_ticket", dimensions: dimensions)
            availableStock = Gauge(label: "flashsale_available_stock", dimensions: dimensions)
        }
    }

    init() {
        outcomes = Dictionary(
            uniqueKeysWithValues: PurchaseStatus.allCases.map {
                ($0, Counter(label: "flashsale_outcomes", dimensions: [("status", $0.rawValue)]))
            }
        )
    }

    func lineLength(_ length: Int, of product: ProductID) { gauges(of: product).lineLength.record(length) }

    func batch(_ claim: Claim, _ settled: SettledClaim, took duration: Duration, product: ProductID) {
        batches.increment()
        deadLetters.increment(by: claim.unreadable.count)
        batchTime.record(duration: duration)
        for decision in settled.decisions { outcomes[decision.status]?.increment() }
        let gauges = gauges(of: product)
        gauges.lineLength.record(claim.lineLength + settled.waiting.count)
        gauges.availableStock.record(settled.availableStock)
        if let last = settled.decisions.last { gauges.servedTicket.record(last.ticket.rawValue) }
    }

    func sweep(_ sweep: OrderSweep) {
        expired.increment(by: sweep.expired)
        gauges(of: sweep.product.id).availableStock.record(sweep.product.availableStock)
    }

    private func gauges(of product: ProductID) -> ProductGauges {
        gauges.withLock { known in
            if let gauges = known[product] { return gauges }
            let gauges = ProductGauges(product)
            known[product] = gauges
            return gauges
        }
    }
}
