import FlashSale
import FlashSaleStorage

extension DeadLetter {
    /// The document that `--json` prints.
    var json: JSONOutput {
        [
            "id": JSONOutput(id),
            "product_id": JSONOutput(product.rawValue),
            "ticket": JSONOutput(entry?.ticket.rawValue),
            "user_id": JSONOutput(entry?.user.rawValue),
            "quantity": JSONOutput(entry?.quantity),
            "reason": JSONOutput(reason),
            "attempts": JSONOutput(attempts),
            "batch": JSONOutput(batch),
            "created_at": JSONOutput(createdAt.description),
            "raw": JSONOutput(String(decoding: raw, as: UTF8.self)),
            "raw_hex": JSONOutput(HexDump.digits(raw)),
        ]
    }

    /// Everything about it, and what to do.
    func facts(command: String = CommandName.flashsale) -> String {
        let facts = Table(facts: [
            "Dead letter": "\(id)",
            "Product": "\(product)",
            "Put aside": "\(createdAt)",
            "Reason": reason,
            "Tries": "\(attempts)",
            "Batch": "\(batch)",
            "Entry": entry?.words ?? "not of any form that this version knows",
            "Bytes": "\(raw.count)",
        ]).rendered()
        return [facts, HexDump(raw).text, remedy(command)].joined(separator: "\n\n")
    }

    private func remedy(_ command: String) -> String {
        let flush = "\(command) failed flush \(id) --yes"
        guard let entry else {
            return """
                Nobody can tell whose place it was, so it can't be retried. Keep it until it is known who wrote it, then:
                  \(flush)
                """
        }
        return """
            \(entry.user) was told that ticket \(entry.ticket) failed. Once the cause is mended, give them a new place:
              \(command) failed retry \(id)
            Or leave it at that:
              \(flush)
            """
    }
}

extension DeadLetter.Entry {
    fileprivate var words: String { "ticket \(ticket), \(quantity.counting("unit")), user \(user)" }
}

extension [DeadLetter] {
    /// One row each.
    var table: Table {
        Table(
            [
                .init("id", .right), .init("product", .right), .init("ticket", .right), .init("user"),
                .init("units", .right), .init("tries", .right), .init("put aside"), .init("reason"),
            ],
            rows: map { letter in
                [
                    "\(letter.id)", "\(letter.product)", letter.entry.map { "\($0.ticket)" } ?? "-",
                    letter.entry.map { "\($0.user)" } ?? "-", letter.entry.map { "\($0.quantity)" } ?? "-",
                    "\(letter.attempts)", "\(letter.createdAt)", letter.reason,
                ]
            }
        )
    }
}
