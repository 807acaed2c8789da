internal import Crypto

/// One line of a draw's roster: who entered as which, for how many units.
///
/// The roster's text is a line for each entry, `NUMBER USER_HASH QUANTITY`, in the order of the numbers, and the line
/// `end COUNT ROOT` behind the last: a text that was cut off does not pass for a whole one.
public struct RosterEntry: Hashable, Sendable {
    /// The entry's number: 1 for the first who entered, with gaps where somebody left before the draw.
    public var number: Int64
    /// The user, hashed with the draw's salt.
    public var user: DrawDigest
    /// The units asked for.
    public var quantity: Int

    /// An entry of the roster.
    public init(number: Int64, user: DrawDigest, quantity: Int) {
        self.number = number
        self.user = user
        self.quantity = quantity
    }

    /// The entry's line, without a line break.
    public var line: String { "\(number) \(user) \(quantity)" }

    /// The leaf of the roster's tree: H(00 ‖ `flashsale-draw-v1/entry` ‖ 00 ‖ line), the line without its line break.
    public var leaf: DrawDigest { .hash(Self.leafPrefix, Array(line.utf8)) }

    /// The line behind the last entry, without a line break.
    public static func endLine(count: Int, root: DrawDigest) -> String { "end \(count) \(root)" }

    /// The leaf of a line that is already at hand.
    static func leaf(ofLine line: UnsafeRawBufferPointer) -> DrawDigest {
        var hash = prefixedHash
        hash.update(bufferPointer: line)
        return DrawDigest(hash.finalize())
    }

    private static let leafPrefix = [0] + DrawScheme.label("entry")
    private static let prefixedHash: SHA256 = {
        var hash = SHA256()
        hash.update(data: leafPrefix)
        return hash
    }()
}
