import FlashSale

/// One person's way through the sale: a state machine without I/O that says what to ask next, and when.
struct Visit: Sendable {
    /// What follows an answer.
    enum Next: Sendable, Equatable {
        /// Ask again then, in microseconds after the rehearsal's start.
        case ask(at: Int64)
        /// The person looks no more; the outcome is asked for at the end.
        case silent
        /// Nothing more to learn.
        case over
    }

    /// Whoever gets no answer so many times in a row goes home.
    private static let patienceWithFailures = 60
    /// Where the API names no pace, in milliseconds.
    private static let usualPace: Int64 = 1_000

    let person: Person
    /// What is asked next.
    private(set) var route = RehearsalRoute.join
    private(set) var ticket: Int64?
    private(set) var order: String?
    private(set) var status: PurchaseStatus?
    private var polls = 0
    private var failures = 0
    private var hasCheckedOut = false
    private var hasPaid = false
    /// At the end of the rehearsal nobody acts any more: the outcome alone is asked for.
    private(set) var onlyLooks = false

    init(_ person: Person) { self.person = person }

    /// Whether the outcome is known.
    var isDecided: Bool { status.map(\.isFinal) ?? false }

    /// Looks for the outcome from now on, and does nothing else.
    mutating func lookOnly() {
        onlyLooks = true
        route = .standing
    }

    /// Takes the answer to what was asked.
    ///
    /// - Parameter now: After the rehearsal's start, in microseconds.
    mutating func take(_ reply: RehearsalReply, at now: Int64) -> Next {
        if reply.isTryAgain {
            failures += 1
            guard failures < Self.patienceWithFailures else { return .over }
            let pause = Double((reply.retryAfter ?? 1) * 1_000_000)
            return .ask(at: now + Int64(pause * (1 + person.spread / 4)))
        }
        failures = 0
        switch route {
        case .join: return reply.isSuccess ? stand(reply, now) : .over
        case .standing:
            polls += 1
            return reply.isSuccess ? stand(reply, now) : .over
        case .leave:
            route = .standing
            // Too late to leave: whatever was decided counts.
            guard reply.status == 204 else { return .ask(at: now) }
            return .silent
        case .checkout:
            route = reply.isSuccess && person.payment == .pays ? .payment : .standing
            return .ask(at: now + (route == .payment ? person.thinks : 0))
        case .payment:
            hasPaid = true
            route = .standing
            return .ask(at: now)
        }
    }

    private mutating func stand(_ reply: RehearsalReply, _ now: Int64) -> Next {
        ticket = ticket ?? reply.ticket
        order = reply.order ?? order
        status = PurchaseStatus(rawValue: reply.word)
        route = .standing
        let again = Next.ask(at: now + (reply.pollAfter ?? Self.usualPace) * 1_000)
        guard let status, !status.isFinal else { return .over }
        if onlyLooks { return again }
        switch (status, person.payment) {
        case (.queued, _): return wait(again, now)
        case (.held, .pays) where !hasCheckedOut, (.held, .onlyChecksOut) where !hasCheckedOut:
            hasCheckedOut = true
            route = .checkout
            return .ask(at: now + person.thinks)
        case (.pending, .pays) where !hasPaid:
            route = .payment
            return .ask(at: now + person.thinks)
        default: return again
        }
    }

    private mutating func wait(_ again: Next, _ now: Int64) -> Next {
        switch person.patience {
        case .leaves(let limit) where polls >= limit:
            route = .leave
            return .ask(at: now + person.thinks)
        case .vanishes(let limit) where polls >= limit: return .silent
        default: return again
        }
    }
}

extension PurchaseStatus {
    /// Whether nothing follows it for a person who does nothing more.
    var isFinal: Bool {
        switch self {
        case .entered, .queued, .held, .pending: false
        case .completed, .left, .cartExpired, .soldOut, .cancelled, .expired, .alreadyPurchased, .refundDue, .failed:
            true
        }
    }
}
