import FlashSale
import FlashSaleStorage

/// The number of a message to the shop, as somebody typed it: `17`, or `msg_17` as its receiver sees it.
struct MessageNumber {
    let value: Int64

    /// - Throws: `InvalidValue` that names the field.
    init(typed text: String, field: String) throws(InvalidValue) {
        let digits = text.hasPrefix("msg_") ? text.dropFirst("msg_".count) : text[...]
        guard let value = Int64(digits), value > 0, digits.first != "+" else {
            throw InvalidValue(
                field: field,
                problem: "'\(text)' is not a message's number",
                remedy: "Give a whole number from 1; list the messages with: flashsale outbox list"
            )
        }
        self.value = value
    }
}

extension OutboxState {
    /// A state as somebody typed it.
    ///
    /// - Throws: `InvalidValue` that names `state`.
    init(typed text: String) throws(InvalidValue) {
        guard let state = OutboxState(rawValue: text) else {
            throw InvalidValue(
                field: "state",
                problem: "'\(text)' is not a state of a message",
                remedy: "Choose waiting, delivered or dead"
            )
        }
        self = state
    }
}
