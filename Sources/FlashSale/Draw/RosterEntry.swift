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
    public var line: String {
        var text: [UInt8] = []
        writeLine(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Writes the entry's line and a line break.
    public func write(to text: inout [UInt8]) {
        writeLine(to: &text)
        text.append(UInt8(ascii: "\n"))
    }

    /// The leaf of the roster's tree: H(00 ‖ `flashsale-draw-v1/entry` ‖ 00 ‖ line), the line without its line break.
    public var leaf: DrawDigest {
        var bytes = Self.leafPrefix
        writeLine(to: &bytes)
        return .hash(bytes)
    }

    /// The line behind the last entry, without a line break.
    public static func endLine(count: Int, root: DrawDigest) -> String { "end \(count) \(root)" }

    /// The leaf of a line that is already at hand.
    static func leaf(ofLine line: UnsafeRawBufferPointer) -> DrawDigest {
        withUnsafeTemporaryAllocation(byteCount: leafPrefix.count + line.count, alignment: 1) { bytes in
            bytes.copyBytes(from: leafPrefix)
            UnsafeMutableRawBufferPointer(rebasing: bytes[leafPrefix.count...]).copyMemory(from: line)
            return .hash(UnsafeRawBufferPointer(bytes))
        }
    }

    private static let leafPrefix = [0] + DrawScheme.label("entry")

    private func writeLine(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(number).utf8)
        bytes.append(UInt8(ascii: " "))
        user.writeDigits(to: &bytes)
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: String(quantity).utf8)
    }
}
