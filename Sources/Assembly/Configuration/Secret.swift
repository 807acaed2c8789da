/// A password or key, which shows itself only to who asks for ``value``.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What is printed in place of a secret.
    public static let mask = "***"

    /// The secret itself.
    public let value: String

    /// A secret.
    public init(_ value: String) {
        self.value = value
    }

    /// The mask.
    public var description: String { Self.mask }

    /// The mask.
    public var debugDescription: String { Self.mask }

    /// A mirror of the mask, so that `dump` shows no more.
    public var customMirror: Mirror { Mirror(Self.mask, children: []) }
}
