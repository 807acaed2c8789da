/// Names the data of one line in Redis, so that data that was lost or belongs elsewhere is noticed.
public enum LineNonce {
    /// 32 hexadecimal digits from the system's generator.
    public static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in String(Int.random(in: 0..<16, using: &generator), radix: 16) }.joined()
    }
}
