internal import Crypto

/// Who vouches for a document: an Ed25519 signature (RFC 8032) over its signed text.
public struct DrawSeal: Hashable, Sendable {
    /// The operator's public key.
    public var publicKey: DrawDigest
    /// The signature, 64 bytes.
    public var signature: [UInt8]

    /// A seal as a document states it.
    public init(publicKey: DrawDigest, signature: [UInt8]) {
        self.publicKey = publicKey
        self.signature = signature
    }
}

extension DrawDocument {
    /// Whether the seal's key has signed what the document says; false without a seal.
    public var isSealed: Bool {
        guard let seal, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: seal.publicKey.bytes) else {
            return false
        }
        return key.isValidSignature(seal.signature, for: Array(signedText.utf8))
    }
}

/// The operator's key for draw documents; masked wherever it is printed.
public struct DrawSigningKey: Sendable, Equatable {
    private let bytes: DrawDigest
    /// What anyone checks signatures with.
    public let publicKey: DrawDigest

    /// A key from 64 lower-case hexadecimal digits: the 32 bytes of RFC 8032's private key.
    ///
    /// - Throws: ``InvalidValue`` that names `signing-key` and does not quote it.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        guard let bytes = DrawDigest(hex: text) else { throw Self.invalid }
        try self.init(bytes)
    }

    /// A key of the system's generator.
    ///
    /// - Throws: ``InvalidValue``, which 32 bytes never lead to.
    public static func random() throws(InvalidValue) -> DrawSigningKey { try DrawSigningKey(DrawSeed.random().secret) }

    private init(_ bytes: DrawDigest) throws(InvalidValue) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.bytes),
            let publicKey = DrawDigest(Array(key.publicKey.rawRepresentation))
        else { throw Self.invalid }
        self.bytes = bytes
        self.publicKey = publicKey
    }

    /// The text that ``init(_:)`` takes, for whoever keeps the key.
    public var secretText: String { bytes.description }

    /// The document with a seal over all that it says.
    public func sealing(_ document: DrawDocument) -> DrawDocument {
        var sealed = document
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.bytes),
            let signature = try? key.signature(for: Array(document.signedText.utf8))
        else { preconditionFailure("32 bytes are a key, and a key signs") }
        sealed.seal = DrawSeal(publicKey: publicKey, signature: Array(signature))
        return sealed
    }

    private static var invalid: InvalidValue {
        InvalidValue(
            field: "signing-key",
            problem: "is not a key",
            remedy: "Give 64 lower-case hexadecimal digits, as of: openssl rand -hex 32"
        )
    }
}

extension DrawSigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The same for every key.
    public var description: String { "***" }
    /// The same for every key.
    public var debugDescription: String { description }
    /// Nothing of the key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
