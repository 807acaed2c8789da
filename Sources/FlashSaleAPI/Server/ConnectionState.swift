/// What a connection is in the middle of, without any I/O: ``ConnectionGuard`` reports events and obeys the answers.
///
/// ```
///            head      body        end          answer
///     idle ───────▶ body ──▶ body ─────▶ idle ─────────▶ idle        a request; its answer may come before its end
///      │ bytes        │                   │
///      ▼              │ failed            │ asked to close, and answered
///     head ──▶ body   ▼                   ▼
///      └───────────▶ closed ◀─────────────┘                          nothing more is listened to
/// ```
///
/// ``intake`` says what the parser may be given next. ``FastPathHandler`` gives it no more than that: so one request is parsed
/// at a time, and what a client pipelines behind it waits as bytes, of which there is one read. The parser itself would take
/// several heads before the first answer is written; then their answers are counted.
struct ConnectionState {
    /// What the client is sending.
    private enum Inbound {
        /// Nothing: the last request, if any, was read to its end.
        case idle
        /// A head of which some bytes came.
        case head
        /// A body, which may be empty.
        case body
        /// Nothing that we still listen to.
        case closed
    }

    /// How the end of a request's body is found.
    enum Framing: Equatable {
        /// It has so many bytes.
        case length(Int)
        /// It comes in chunks.
        case chunked
    }

    /// What the parser may be given next.
    enum Intake: Equatable {
        /// A request's head, or more of one.
        case head
        /// So many bytes of a body, and not one more.
        case body(Int)
        /// Chunks: only the parser knows where they end, which is behind a blank line.
        case chunks
        /// Nothing for now: a request is being worked on, or the client was told to wait.
        case later
        /// Nothing any more: what comes is thrown away.
        case never
    }

    /// What has to arrive within a deadline.
    enum Awaited {
        case nothing, head, body
    }

    /// What to do about a request that can't be read.
    enum FailureAction: Equatable {
        case ignore
        /// Answer it ourselves, then close.
        case refuse(ConnectionRefusal)
        /// Let the handler that reads the body know; its answer is the last one.
        case failBody(ConnectionRefusal)
        /// Close without a word.
        case close
    }

    /// What to do after an answer was written.
    enum AnswerAction: Equatable {
        case proceed
        /// Answer the request that can't be read, then close.
        case refuse(ConnectionRefusal)
        case close
    }

    /// What to do when the server is going down.
    enum QuiesceAction {
        /// Let the connection end: behind the answers that it is owed, if any.
        case proceed
        /// Wait a while: a request may be on its way, and would be cut off.
        case awaitRequest
    }

    private var inbound = Inbound.idle
    private var isQuiescing = false
    /// Heads that were read, less answers that were written.
    private var answersOwed = 0
    private var closesAfterAnswers = false
    /// A refusal that has to wait for the answers to earlier requests.
    private var pendingRefusal: ConnectionRefusal?
    private var sawPartInThisRead = false
    /// How the body that is being read ends: the bytes that are still to come.
    private var bodyRest = Framing.length(0)
    private var isContinueDue = false
    /// Whether the client was told that there is too much to do, and is not listened to for a while.
    private(set) var isThrottled = false

    /// What the parser may be given next.
    var intake: Intake {
        switch inbound {
        case .closed: return .never
        case .body:
            guard case .length(let rest) = bodyRest else { return .chunks }
            return .body(rest)
        case .idle, .head:
            // Nothing behind a last request is processed (RFC 9112, 9.6).
            if closesAfterAnswers { return .never }
            return isThrottled || answersOwed > 0 ? .later : .head
        }
    }

    /// A head was read.
    ///
    /// - Parameters:
    ///   - isLast: Whether the connection can't carry another request.
    ///   - framing: How its body ends.
    ///   - expectsContinue: Whether the client sends the body only once it is told to (RFC 9110, 10.1.1).
    /// - Returns: Whether to pass it on. After a request that asked to close, nothing is processed (RFC 9112, 9.6).
    mutating func receivedHead(
        isLast: Bool,
        framing: Framing = .length(0),
        expectsContinue: Bool = false
    ) -> Bool {
        sawPartInThisRead = true
        guard inbound != .closed, !closesAfterAnswers else {
            inbound = .closed
            return false
        }
        inbound = .body
        bodyRest = framing
        isContinueDue = expectsContinue && framing != .length(0) && answersOwed == 0
        answersOwed += 1
        closesAfterAnswers = isLast || isQuiescing
        return true
    }

    /// Whether nothing was asked that is not answered, nothing of a request has come, and the client may ask.
    var isIdle: Bool { inbound == .idle && answersOwed <= 0 && !closesAfterAnswers && !isThrottled }

    /// Whether an answer is owed.
    var owesAnswer: Bool { answersOwed > 0 }

    /// Bytes of a body were read.
    ///
    /// - Returns: Whether to pass them on.
    mutating func receivedBody(_ count: Int = 0) -> Bool {
        sawPartInThisRead = true
        isContinueDue = false
        if case .length(let rest) = bodyRest { bodyRest = .length(max(0, rest - count)) }
        return inbound == .body
    }

    /// The end of a request was read.
    ///
    /// - Returns: Whether to pass it on.
    mutating func receivedEnd() -> Bool {
        sawPartInThisRead = true
        isContinueDue = false
        guard inbound == .body else { return false }
        inbound = .idle
        return true
    }

    /// Whether the client now has to be told that its body is wanted: its head is read, nothing of its body has come, and
    /// nothing was answered. True once.
    mutating func takesContinue() -> Bool {
        defer { isContinueDue = false }
        return isContinueDue && inbound == .body && answersOwed == 1
    }

    /// The client was told that there is too much to do: until ``endThrottling()`` no request is begun.
    mutating func throttle() { isThrottled = true }

    /// The client may ask again.
    mutating func endThrottling() { isThrottled = false }

    /// The bytes that were there have been read.
    ///
    /// - Returns: What the client now has to send in time. Bytes that made no part are the beginning of a head.
    mutating func readCompleted() -> Awaited {
        defer { sawPartInThisRead = false }
        if inbound == .idle, !sawPartInThisRead { inbound = .head }
        return switch inbound {
        case .head: .head
        case .body: .body
        case .idle, .closed: .nothing
        }
    }

    /// The server is going down: what was asked is answered, and the last answer says that it is the last.
    mutating func quiesce() -> QuiesceAction {
        isQuiescing = true
        guard answersOwed > 0 else { return .awaitRequest }
        closesAfterAnswers = true
        return .proceed
    }

    /// The client has closed its side.
    mutating func inputClosed() { inbound = .closed }

    /// What came can't be read.
    mutating func failed(_ refusal: ConnectionRefusal) -> FailureAction {
        let interrupted = inbound
        inbound = .closed
        switch interrupted {
        case .closed: return .ignore
        case .body:
            closesAfterAnswers = true
            return answersOwed > 0 ? .failBody(refusal) : .close
        case .idle, .head:
            // Whatever follows the last request, as the parser sees it, is not ours to answer.
            guard !closesAfterAnswers else { return .ignore }
            guard answersOwed > 0 else { return .refuse(refusal) }
            pendingRefusal = refusal
            return .ignore
        }
    }

    /// A deadline has passed.
    mutating func timedOut(waitingFor awaited: Awaited) -> FailureAction {
        switch (awaited, inbound) {
        case (.head, .head): return failed(.headTooSlow)
        case (.head, .idle) where answersOwed == 0:
            // A new connection that never said a word needs no answer.
            inbound = .closed
            return .close
        case (.body, .body): return failed(.bodyTooSlow)
        default: return .ignore
        }
    }

    /// The head of an answer is about to be written.
    ///
    /// - Returns: Whether it is the last one, and has to say so. It is when its request was not read to the end:
    ///   we would have to read on to find the next.
    mutating func writingHead() -> Bool {
        isContinueDue = false
        guard answersOwed <= 1, pendingRefusal == nil else { return false }
        if inbound == .body { closesAfterAnswers = true }
        return closesAfterAnswers
    }

    /// The end of an answer was written.
    mutating func wroteEnd() -> AnswerAction {
        answersOwed -= 1
        guard answersOwed <= 0 else { return .proceed }
        if let pendingRefusal {
            self.pendingRefusal = nil
            return .refuse(pendingRefusal)
        }
        guard closesAfterAnswers else { return .proceed }
        inbound = .closed
        return .close
    }
}
