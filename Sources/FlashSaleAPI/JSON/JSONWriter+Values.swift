import FlashSale

extension JSONWriter {
    /// Writes a member that is a time, or `null`.
    mutating func member(_ name: StaticString, _ time: Timestamp?) {
        key(name)
        if let time { value(time.description) } else { null() }
    }

    /// Writes a member that is a string, or `null`.
    mutating func member(_ name: StaticString, textOrNull text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }
}
