/// Why a webhook was not accepted; for the log, while the sender is told no more than that its signature is wrong.
public enum WebhookRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The header field is not there.
    case missing(header: String)
    /// The header field, or another one with the same meaning, came more than once.
    case duplicated(header: String)
    /// The header field is not written as it has to be.
    case malformed(header: String)
    /// The webhook was signed too long ago: perhaps someone repeats a captured one.
    case tooOld(seconds: Int64)
    /// The webhook is signed with a time too far ahead: a clock is wrong.
    case tooNew(seconds: Int64)
    /// No signature is that of these bytes with any of our secrets.
    case noMatch

    /// One line for a log.
    public var description: String {
        switch self {
        case .missing(let header): "the header field \(header) is missing"
        case .duplicated(let header): "there is more than one \(header)"
        case .malformed(let header): "the header field \(header) is malformed"
        case .tooOld(let seconds): "signed \(seconds) s ago, which is too old"
        case .tooNew(let seconds): "signed \(seconds) s in the future"
        case .noMatch: "no signature matches the body and a secret"
        }
    }
}
