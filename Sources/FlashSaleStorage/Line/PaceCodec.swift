import FlashSale

/// The pace of a line as it stands in Redis: `pace.lua` has its form.
enum PaceCodec {
    /// The length of a bucket, in milliseconds.
    private static let bucket: Int64 = 5_000
    /// How many buckets are looked back at: three minutes.
    private static let buckets: Int64 = 36

    /// Reads the hash's fields and values, one behind the other; what can't be read says nothing.
    static func pace(_ fields: [String], now: Timestamp) -> RecentPace {
        var counts: [Int64: RecentPace.Bucket] = [:]
        let current = now.milliseconds / bucket
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let number = Int64(fields[index]), number <= current, number > current - buckets else { continue }
            let parts = fields[index + 1].split(separator: ":")
            guard parts.count == 2, let tickets = Int64(parts[0]), let waited = Int64(parts[1]) else { continue }
            counts[number] = RecentPace.Bucket(
                tickets: tickets,
                waited: .milliseconds(waited),
                age: .milliseconds((current - number) * bucket)
            )
        }
        var pace = RecentPace(buckets: counts.sorted { $0.key > $1.key }.map(\.value))
        // Since the last decision somebody waits: a line that stands still is seen to, before anything writes it down.
        if let index = stride(from: 0, to: fields.count - 1, by: 2).first(where: { fields[$0] == "at" }),
            let at = Int64(fields[index + 1])
        {
            pace.standstill = .milliseconds(max(0, min(now.milliseconds - at, bucket * buckets)))
        }
        return pace
    }
}
