import FlashSale
import FlashSaleStorage

extension QueueReport {
    /// The document that `--json` prints.
    func json(at now: Timestamp) -> JSONOutput {
        [
            "product_id": JSONOutput(product.id.rawValue),
            "name": JSONOutput(product.name),
            "sale_state": JSONOutput(product.saleState(at: now).rawValue),
            "waiting": JSONOutput(waiting),
            "processing": JSONOutput(processing),
            "last_ticket": JSONOutput(lastTicket),
            "served_ticket": JSONOutput(servedTicket),
            "outcomes": .object(outcomes.map { .init(name: $0.status, value: JSONOutput($0.tickets)) }),
            "total_stock": JSONOutput(product.totalStock),
            "available_stock": JSONOutput(product.availableStock),
            "worker": JSONOutput(worker),
            "dead_letters": JSONOutput(deadLetters),
        ]
    }

    /// For a terminal: the line, then what became of those who were served.
    func text(at now: Timestamp, inColor: Bool = Console.standardOutput.usesColor) -> String {
        let line = Table(facts: [
            "Product": "\(product.id), \(product.name)",
            "State": product.saleState(at: now).words,
            "Stock": "\(product.availableStock) of \(product.totalStock) available",
            "Waiting": "\(waiting)",
            "Processing": "\(processing)",
            "Last ticket": lastTicket.map { "\($0)" } ?? "unknown: Redis does not have the line",
            "Served ticket": servedTicket.map { "\($0)" } ?? "unknown: Redis does not have the line",
            "Worker": worker ?? "none serves this product now",
            "Dead letters": "\(deadLetters)",
        ]).rendered(inColor: inColor)
        guard !outcomes.isEmpty else { return line + "\n\nNobody has been served yet." }
        let served = Table(
            [.init("outcome"), .init("tickets", .right)],
            rows: outcomes.map { [$0.status, "\($0.tickets)"] }
        )
        return line + "\n\n" + served.rendered(inColor: inColor)
    }
}
