import ArgumentParser
import FlashSale

/// How many rows a list has at most.
struct LimitOption: ParsableArguments {
    @Option(
        name: .customLong("limit"),
        help: ArgumentHelp("The most to list, 1 to \(OrderPage.maximumSize).", valueName: "count")
    )
    var text = "\(OrderPage.defaultSize)"

    /// The number, checked.
    ///
    /// - Throws: `InvalidValue` that names `limit`.
    func count() throws(InvalidValue) -> Int {
        let count = try Int(field: "limit", text: text)
        guard (1...OrderPage.maximumSize).contains(count) else {
            throw InvalidValue(
                field: "limit",
                problem: "is \(count)",
                remedy: "Give a whole number from 1 to \(OrderPage.maximumSize)"
            )
        }
        return count
    }
}
