import FlashSale

/// The text forms of what stands in Redis.
///
/// Each starts with its version, 1.
enum EntryCodec {
    /// An entry of the line: `1:TICKET:QUANTITY:USER`.
    static func entry(_ entry: ClaimedEntry) -> String { "1:\(entry.ticket):\(entry.quantity):\(entry.user)" }

    /// A user's outcome: `1:TICKET:QUANTITY:STATUS:ORDER`, with order ticket 0 for none.
    static func outcome(_ decision: Decision) -> String {
        "1:\(decision.ticket):\(decision.quantity):\(decision.status.rawValue):\(decision.order?.rawValue ?? 0)"
    }

    /// An element of a claimed batch: the cart verdict, a blank, the entry's bytes.
    static func claimed(_ element: [UInt8]) -> Result<ClaimedEntry, UnreadableEntry> {
        let parts = element.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return .failure(UnreadableEntry(raw: element, reason: "no cart verdict")) }
        let raw = Array(parts[1])
        guard let verdict = CartVerdict(rawValue: String(decoding: parts[0], as: UTF8.self)) else {
            return .failure(UnreadableEntry(raw: raw, reason: "not of the form 1:TICKET:QUANTITY:USER"))
        }
        let fields = raw.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard fields.count == 4, fields[0] == "1", let ticket = Ticket(text: fields[1]),
            let quantity = Int(fields[2]), quantity > 0, let user = try? UserID(fields[3])
        else { return .failure(UnreadableEntry(raw: raw, reason: "not of the form 1:TICKET:QUANTITY:USER")) }
        return .success(ClaimedEntry(ticket: ticket, user: user, quantity: quantity, cart: verdict))
    }
}
