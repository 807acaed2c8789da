/// Bytes as `hexdump -C` shows them: an offset, sixteen bytes in hexadecimal, and those that can be printed.
struct HexDump {
    /// The most bytes that are shown to a person.
    static let maximumLength = 1_024
    private static let lineLength = 16

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The lines; the rest of a long value is only counted.
    var text: String {
        guard !bytes.isEmpty else { return "(no bytes)" }
        let shown = bytes.prefix(Self.maximumLength)
        let lines = stride(from: 0, to: shown.count, by: Self.lineLength).map { offset in
            line(shown[offset..<min(offset + Self.lineLength, shown.count)], at: offset)
        }
        let rest = bytes.count - shown.count
        guard rest > 0 else { return lines.joined(separator: "\n") }
        return lines.joined(separator: "\n") + "\n… and \(rest.counting("byte")) more: --json has all of them"
    }

    /// Two lower-case digits for each byte, without blanks.
    static func digits(_ bytes: some Sequence<UInt8>) -> String { bytes.map(pair).joined() }

    private func line(_ part: ArraySlice<UInt8>, at offset: Int) -> String {
        let address = String(offset, radix: 16)
        let digits = part.map(Self.pair).joined(separator: " ")
        let width = Self.lineLength * 3 - 1
        let printable = part.map { 0x20..<0x7F ~= $0 ? String(UnicodeScalar($0)) : "." }.joined()
        return String(repeating: "0", count: 8 - address.count) + address + "  " + digits
            + String(repeating: " ", count: width - digits.count) + "  |\(printable)|"
    }

    private static func pair(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}
