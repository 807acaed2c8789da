internal import Crypto

/// The key by which the pages know whom the shop has sent, and whom they have seen before; masked wherever it is printed.
///
/// Both are HMAC-SHA256 over a text that begins with a label, so that neither can pass for the other.
public struct VisitorKey: Sendable, Hashable {
    /// A link from the shop may not be good for longer than this, in seconds: who finds it later is not let in.
    public static let longestLinkSeconds: Int64 = 86_400
    /// How long a pass is good, in seconds: as long as an outcome is kept.
    public static let passSeconds: Int64 = 7 * 86_400

    private let bytes: [UInt8]

    /// A key of 32 to 512 bytes, in UTF-8.
    ///
    /// - Throws: ``InvalidValue`` that names `secret` and does not quote it.
    public init(_ text: String) throws(InvalidValue) {
        bytes = Array(text.utf8)
        guard (32...512).contains(bytes.count) else {
            throw InvalidValue(
                field: "secret",
                problem: "is \(bytes.count) bytes long",
                remedy: "Give a random text of 32 to 512 bytes"
            )
        }
    }

    /// The signature of a link that brings a user to a product's page.
    ///
    /// - Parameters:
    ///   - user: The user's id as the link has it.
    ///   - product: The product in the link's path.
    ///   - expires: When the link ends, in seconds since 1970.
    /// - Returns: 64 hexadecimal digits.
    public func linkSignature(user: String, product: ProductID, expires: Int64) -> String {
        Hexadecimal.encode(Array(code(over: Self.link(user, product, expires))))
    }

    /// The user that a link names; nil when its signature is wrong, or its time is over or too far away.
    public func user(inLink user: String, product: ProductID, expires: Int64, signature: String, now: Timestamp)
        -> UserID?
    {
        let seconds = now.milliseconds / 1_000
        guard (seconds...seconds + Self.longestLinkSeconds).contains(expires),
            isCode(signature, over: Self.link(user, product, expires))
        else { return nil }
        return try? UserID(user)
    }

    /// What a browser keeps and shows again: the user, the end in seconds since 1970, and the code over both.
    public func pass(for user: UserID, now: Timestamp) -> String {
        let expires = now.milliseconds / 1_000 + Self.passSeconds
        return "\(user):\(expires):" + Hexadecimal.encode(Array(code(over: Self.pass(user, expires))))
    }

    /// The user that a pass names; nil when it is not ours or its time is over.
    public func user(inPass text: some StringProtocol, now: Timestamp) -> UserID? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let user = try? UserID(parts[0]), user.rawValue == parts[0],
            let expires = DecimalText.positiveInteger(parts[1]), expires > now.milliseconds / 1_000,
            isCode(parts[2], over: Self.pass(user, expires))
        else { return nil }
        return user
    }

    private static func link(_ user: String, _ product: ProductID, _ expires: Int64) -> String {
        "flashsale.enter.v1\n\(product)\n\(expires)\n\(user)"
    }

    private static func pass(_ user: UserID, _ expires: Int64) -> String { "flashsale.pass.v1\n\(expires)\n\(user)" }

    private func code(over text: String) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: bytes))
    }

    /// Takes the same time wherever the bytes differ.
    private func isCode(_ digits: some StringProtocol, over text: String) -> Bool {
        guard let given = Hexadecimal.decode(digits) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            given,
            authenticating: Array(text.utf8),
            using: SymmetricKey(data: bytes)
        )
    }
}

extension VisitorKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The same for every key.
    public var description: String { "***" }
    /// The same for every key.
    public var debugDescription: String { description }
    /// Nothing of the key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
