import FlashSale
import HTTPTypes
import Hummingbird
import Synchronization

/// Who may use the operator's listener: whoever has a key, or a session that was begun with one.
struct OperatorAccess: Sendable {
    /// The cookie that holds the session.
    static let cookie = "flashsale_operator"

    let keys: OperatorKeys
    let attempts = FailedAttempts()
    let now: @Sendable () -> Timestamp

    /// How a request has shown that it may.
    enum Pass: Sendable {
        /// With the key itself.
        case key
        /// With a session of the console.
        case session(String)
    }

    /// How this request has shown that it may.
    ///
    /// - Throws: `unauthorized`; `rate_limited` for any key while too many wrong ones have come. Sessions go on meanwhile.
    func pass(of request: Request) throws(Problem) -> Pass {
        if let given = request.headers[.authorization] {
            let parts = given.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw .noOperatorKey }
            try check(String(parts[1]))
            return .key
        }
        guard let session = session(of: request) else { throw .noOperatorKey }
        return .session(session)
    }

    /// The session of a request, if it holds.
    func session(of request: Request) -> String? {
        let cookies = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }
        for cookie in cookies {
            let pair = cookie.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0] == Self.cookie else { continue }
            if keys.accepts(session: String(pair[1]), at: now()) { return String(pair[1]) }
        }
        return nil
    }

    /// Compares a key with those that are right.
    func check(_ key: String) throws(Problem) {
        if let seconds = attempts.secondsToWait(at: now()) {
            throw Problem(
                .rateLimited,
                "Too many wrong keys have come. Try again later.",
                retryAfterSeconds: seconds,
                reason: "a key was not looked at, because too many wrong ones have come"
            )
        }
        guard keys.accepts(key) else {
            attempts.note(at: now())
            throw .wrongOperatorKey
        }
    }

    /// The cookie field that begins a session.
    func beginning(over request: Request) -> String {
        let session = keys.session(at: now(), nonce: .random(in: .min ... .max))
        return Self.field(session, seconds: OperatorKeys.sessionSeconds, over: request)
    }

    /// The cookie field that ends the session in this browser.
    static func ending(over request: Request) -> String { field("", seconds: 0, over: request) }

    private static func field(_ value: String, seconds: Int64, over request: Request) -> String {
        "\(cookie)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict"
            + (request.cameByTLS ? "; Secure" : "")
    }
}

/// Counts wrong keys, so that nobody tries one after the other.
final class FailedAttempts: Sendable {
    /// How many wrong keys are taken in a minute.
    static let limit = 10
    private static let windowSeconds: Int64 = 60

    private struct State {
        var begin: Int64 = 0
        var count = 0
    }

    private let state = Mutex(State())

    /// How long no key is looked at; nil when keys are.
    func secondsToWait(at now: Timestamp) -> Int? {
        let second = now.milliseconds / 1_000
        return state.withLock { state in
            let end = state.begin + Self.windowSeconds
            return state.count >= Self.limit && second < end ? Int(end - second) : nil
        }
    }

    /// One more wrong key.
    func note(at now: Timestamp) {
        let second = now.milliseconds / 1_000
        state.withLock { state in
            if second >= state.begin + Self.windowSeconds { state = State(begin: second, count: 0) }
            state.count += 1
        }
    }
}

extension Problem {
    /// 401 without a key or a session.
    static let noOperatorKey = Problem(
        .unauthorized,
        "Send the operator's key as 'Authorization: Bearer KEY', or log in at /login."
    )
    /// 401 with another key.
    static let wrongOperatorKey = Problem(
        .unauthorized,
        "This is not the operator's key.",
        reason: "somebody came with a wrong operator's key"
    )
}
