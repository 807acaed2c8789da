internal import Crypto

/// The operator's keys, and what is signed with them: sessions of the console, and the tokens of its forms.
///
/// Nothing is stored: a session is its end and a random number, signed with the first key. It holds in every API process
/// that has the key, and ends when the key is taken away.
public struct OperatorKeys: Sendable, Equatable {
    /// The fewest characters of a key.
    public static let minimumLength = 16
    /// How long a session lasts, in seconds: 12 hours.
    public static let sessionSeconds: Int64 = 43_200

    private let keys: [String]

    /// Keys, the first of which signs; nil when there is none, or one is too short.
    public init?(_ keys: [String]) {
        guard !keys.isEmpty, keys.allSatisfy({ $0.utf8.count >= Self.minimumLength }) else { return nil }
        self.keys = keys
    }

    /// Whether this is one of the keys; takes as long for any that is not.
    public func accepts(_ key: String) -> Bool {
        let digest = SHA256.hash(data: Array(key.utf8))
        // Every key is compared, and digests compare in constant time.
        return keys.reduce(false) { isOne, known in (SHA256.hash(data: Array(known.utf8)) == digest) || isOne }
    }

    /// A session that begins now.
    ///
    /// - Parameter nonce: A random number, so that no two sessions are the same.
    public func session(at now: Timestamp, nonce: UInt64) -> String {
        let end = now.milliseconds / 1_000 + Self.sessionSeconds
        let content = "v1.\(end).\(String(nonce, radix: 36))"
        return content + "." + Self.signature("session", content, keys[0])
    }

    /// Whether a session was signed with one of the keys and has not ended.
    public func accepts(session: String, at now: Timestamp) -> Bool {
        let parts = session.split(separator: ".", omittingEmptySubsequences: false)
        guard session.utf8.count <= 200, parts.count == 4, parts[0] == "v1", let end = Int64(parts[1]),
            end > now.milliseconds / 1_000, end <= now.milliseconds / 1_000 + Self.sessionSeconds
        else { return false }
        return isSigned("session", parts[0...2].joined(separator: "."), String(parts[3]))
    }

    /// The token that the forms of a session carry: another site cannot know it.
    public func formToken(of session: String) -> String { Self.signature("form", session, keys[0]) }

    /// Whether a form carries its session's token.
    public func accepts(formToken: String, of session: String) -> Bool { isSigned("form", session, formToken) }

    private func isSigned(_ purpose: String, _ content: String, _ signature: String) -> Bool {
        guard let bytes = Hexadecimal.decode(signature) else { return false }
        return keys.reduce(false) { isOne, key in
            let code = HMAC<SHA256>.isValidAuthenticationCode(
                bytes,
                authenticating: Array("\(purpose):\(content)".utf8),
                using: SymmetricKey(data: Array(key.utf8))
            )
            return code || isOne
        }
    }

    private static func signature(_ purpose: String, _ content: String, _ key: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(purpose):\(content)".utf8),
            using: SymmetricKey(data: Array(key.utf8))
        )
        return Hexadecimal.encode(Array(code))
    }
}

extension OperatorKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// How many there are; never the keys.
    public var description: String { "\(keys.count) keys" }
    /// The same.
    public var debugDescription: String { description }
    /// A mirror of the same, so that `dump` shows no more.
    public var customMirror: Mirror { Mirror(description, children: []) }
}
