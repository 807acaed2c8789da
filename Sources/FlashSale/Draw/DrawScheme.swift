/// The scheme by which a line's order is drawn, so that anyone can compute it again; README's section "The draw" has it whole.
///
/// H is SHA-256, numbers are big-endian, texts UTF-8. Each hash begins with a label of its own and a zero byte, so that none
/// can pass for another.
public enum DrawScheme {
    /// The scheme's name and version, as documents state it.
    public static let name = "flashsale-draw-v1"
    /// The most entrants of one draw: the order of so many takes 40 MB and a few seconds.
    public static let maximumEntrants = 10_000_000

    /// What a hash of one kind begins with: `flashsale-draw-v1/KIND` and a zero byte.
    static func label(_ kind: String) -> [UInt8] { Array("\(name)/\(kind)".utf8) + [0] }

    /// Eight bytes, the most significant one first.
    static func bytes(_ number: Int64) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}
