import FlashSale

extension Timestamp {
    /// Whole seconds until a later time, rounded up; 0 when it has come.
    func seconds(until later: Timestamp) -> Int64 { max(0, (later.microseconds - microseconds + 999_999) / 1_000_000) }
}
