import FlashSale

extension Currency {
    /// An amount in minor units as people read it, `99.99 USD`, also one above what a price may be.
    func text(_ minorUnits: Int64) -> String {
        guard decimals > 0 else { return "\(minorUnits) \(self)" }
        let digits = String(minorUnits)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return "\(padded.dropLast(decimals)).\(padded.suffix(decimals)) \(self)"
    }
}
