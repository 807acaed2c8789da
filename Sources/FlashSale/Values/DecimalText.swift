/// Reads whole numbers that have exactly one spelling, so that two texts never name the same thing.
enum DecimalText {
    /// A positive integer of ASCII digits without sign, blanks or leading zero; nil for anything else or above 2^63 − 1.
    static func positiveInteger(_ text: some StringProtocol) -> Int64? {
        let digits = text.utf8
        guard let first = digits.first, first != UInt8(ascii: "0"), digits.count <= 19 else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !overflowed, !carried else { return nil }
            value = sum
        }
        return value
    }
}
