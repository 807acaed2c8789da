import FlashSale

/// All that is wrong with what somebody typed.
struct InvalidValues: Error, Equatable, CustomStringConvertible {
    /// At least one.
    let values: [InvalidValue]

    /// A line for each.
    var description: String {
        guard values.count > 1 else { return values.map(\.description).joined() }
        return (["\(values.count) values are not allowed:"] + values.map { "  \($0)" }).joined(separator: "\n")
    }
}
