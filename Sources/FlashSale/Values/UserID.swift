/// Who is buying: 1 to 64 characters of `A–Z a–z 0–9 . _ @ + -`, compared without regard to case.
///
/// One person must not get two places by spelling their name differently, so the set leaves out everything that can look
/// like something else (blanks, Unicode look-alikes) and the canonical form is lower case.
public struct UserID: Hashable, Sendable, CustomStringConvertible {
    /// The most characters an id may have.
    public static let maximumLength = 64

    /// The canonical, lower-case form.
    public let rawValue: String

    /// Checks and canonicalises an id.
    ///
    /// - Throws: ``InvalidValue`` that names `user_id`.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        let bytes = text.utf8
        guard !bytes.isEmpty else { throw Self.invalid("is empty") }
        guard bytes.count <= Self.maximumLength else {
            throw Self.invalid("is \(bytes.count) bytes long, the most is \(Self.maximumLength)")
        }
        guard bytes.allSatisfy(Self.isAllowed) else { throw Self.invalid("has a character that is not allowed") }
        let hasUpperCase = bytes.contains { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
        rawValue = hasUpperCase ? text.lowercased() : String(text)
    }

    /// The canonical form.
    public var description: String { rawValue }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }

    private static func invalid(_ problem: String) -> InvalidValue {
        InvalidValue(
            field: "user_id",
            problem: problem,
            remedy: "Send 1 to \(maximumLength) characters of A-Z a-z 0-9 . _ @ + -"
        )
    }
}
