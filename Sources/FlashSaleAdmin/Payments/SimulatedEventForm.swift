import FlashSale

/// A payment event as somebody typed it: nil for what was left out.
struct SimulatedEventForm {
    /// The most times that an event is sent.
    static let maximumTimes = 1_000

    var order: String
    var status: PaymentEvent.Status
    var amount: String?
    var currency: String?
    var eventID: String?
    var times = "1"

    /// What can be checked without the API.
    struct Checked {
        let id: String
        let order: OrderID
        let status: PaymentEvent.Status
        /// As typed, while its currency is not known.
        let amount: String?
        let currency: Currency?
        let times: Int
    }

    /// The fields, checked.
    ///
    /// - Throws: ``InvalidValues`` with everything that is wrong, not only the first.
    func checked() throws(InvalidValues) -> Checked {
        var check = FieldCheck()
        let order = check.value { () throws(InvalidValue) in try OrderID(typed: self.order, field: "order") }
        let times = check.value { () throws(InvalidValue) in try Self.times(self.times) }
        let id = check.value { () throws(InvalidValue) in try Self.eventID(eventID) }
        var currency: Currency?
        if let typed = self.currency {
            currency = check.value { () throws(InvalidValue) in try Currency(typed: typed) }
            if let amount, let currency {
                _ = check.value { () throws(InvalidValue) in try Self.minorUnits(amount, currency) }
            }
        }
        guard let order, let times, let id, check.problems.isEmpty else {
            throw InvalidValues(values: check.problems)
        }
        return Checked(id: id, order: order, status: status, amount: amount, currency: currency, times: times)
    }

    /// An amount as people type it, in minor units.
    ///
    /// - Throws: `InvalidValue` that names `amount`.
    static func minorUnits(_ text: String, _ currency: Currency) throws(InvalidValue) -> Int64 {
        do throws(InvalidValue) {
            return try Money(text: text, currency: currency).minorUnits
        } catch {
            // The domain knows prices: the amount is written as they are.
            throw InvalidValue(field: "amount", problem: error.problem, remedy: error.remedy)
        }
    }

    private static func times(_ text: String) throws(InvalidValue) -> Int {
        let times = try Int(field: "times", text: text)
        guard (1...maximumTimes).contains(times) else {
            throw InvalidValue(
                field: "times",
                problem: "is \(times)",
                remedy: "Give a whole number from 1 to \(maximumTimes)"
            )
        }
        return times
    }

    /// The id as typed, or a new one.
    private static func eventID(_ text: String?) throws(InvalidValue) -> String {
        guard let text else { return "evt_" + String(UInt64.random(in: .min ... .max), radix: 36) }
        let isPrintable = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard (1...PaymentEvent.maximumIDLength).contains(text.utf8.count), isPrintable else {
            throw InvalidValue(
                field: "event-id",
                problem: "is not the id of an event",
                remedy: "Give 1 to \(PaymentEvent.maximumIDLength) printable ASCII characters without blanks"
            )
        }
        return text
    }
}
