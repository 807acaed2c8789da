/// What a local server's data survives.
public enum Durability: Sendable {
    /// A power cut: every write is on disk before it is answered. The profile in `config/`.
    case always
    /// Less, and faster, for tests: Redis forgets everything when it ends, MariaDB survives the death of its process
    /// only.
    case none
}
