import FlashSale
import NIOConcurrencyHelpers

/// Everybody's visits, and what is to be asked when: shared by the connections.
///
/// Times are microseconds after the rehearsal's start.
final class Stage: Sendable {
    /// What a connection does next.
    enum Turn: Sendable {
        /// What was to be asked at a time, which may be over.
        case ask(person: Int, RehearsalRoute, order: String?, due: Int64)
        /// Nothing is due before then.
        case wait(until: Int64)
        case over
    }

    /// What a progress bar shows.
    struct Counts: Sendable, Equatable {
        var arrived = 0
        var joined = 0
        var decided = 0
        /// People who look no more, for now or for good.
        var finished = 0
        var answers = 0
        var servedTicket: Int64 = 0
        var lastTicket: Int64 = 0
        var isSoldOut = false
    }

    private struct State {
        var agenda = Agenda()
        var visits: [Visit]
        var silent: [Int] = []
        var history: RehearsalHistory
        var counts = Counts()
        var isStopped = false
        var underWay = 0
    }

    /// A connection looks again after so long at the latest: others may have put something in front.
    private static let longestWait: Int64 = 100_000

    private let state: NIOLockedValueBox<State>

    init(_ crowd: [Person]) {
        var state = State(visits: crowd.map(Visit.init), history: RehearsalHistory(people: crowd.count))
        for (number, person) in crowd.enumerated() {
            state.agenda.insert(Agenda.Entry(at: person.arrival, person: number))
        }
        self.state = NIOLockedValueBox(state)
    }

    /// What to do now; a request that is handed out has to be answered with ``take(_:)``.
    func next(at now: Int64) -> Turn {
        state.withLockedValue { state in
            guard !state.isStopped else { return .over }
            guard let first = state.agenda.first else {
                return state.underWay == 0 ? .over : .wait(until: now + Self.longestWait)
            }
            guard first.at <= now else { return .wait(until: min(first.at, now + Self.longestWait)) }
            _ = state.agenda.popFirst()
            state.underWay += 1
            let visit = state.visits[first.person]
            if visit.route == .join { state.counts.arrived = max(state.counts.arrived, first.person + 1) }
            return .ask(person: first.person, visit.route, order: visit.order, due: first.at)
        }
    }

    /// Takes an answer, and plans what its person does next.
    func take(_ answer: RehearsalAnswer) {
        state.withLockedValue { state in
            state.underWay -= 1
            // An answer that was cut off by the end says nothing of the shop.
            guard !state.isStopped || answer.reply.status != 0 else { return }
            var answer = answer
            answer.isLastLook = state.visits[answer.person].onlyLooks
            state.history.append(answer)
            let hadTicket = state.visits[answer.person].ticket != nil
            let next = state.visits[answer.person].take(answer.reply, at: answer.received)
            let visit = state.visits[answer.person]
            state.counts.note(answer.reply, isNewTicket: !hadTicket && visit.ticket != nil)
            if case .over = next, visit.isDecided { state.counts.decided += 1 }
            switch next {
            case .ask(let at): state.agenda.insert(Agenda.Entry(at: at, person: answer.person))
            case .silent:
                state.counts.finished += 1
                state.silent.append(answer.person)
            case .over: state.counts.finished += 1
            }
        }
    }

    /// Has those who look no more asked for their outcome.
    ///
    /// - Returns: How many they are.
    func callSilent(at now: Int64) -> Int {
        state.withLockedValue { state in
            let silent = state.silent
            state.silent = []
            state.counts.finished -= silent.count
            for person in silent {
                state.visits[person].lookOnly()
                state.agenda.insert(Agenda.Entry(at: now, person: person))
            }
            return silent.count
        }
    }

    /// Hands out nothing more.
    func stop() { state.withLockedValue { $0.isStopped = true } }

    var counts: Counts { state.withLockedValue(\.counts) }
    var history: RehearsalHistory { state.withLockedValue(\.history) }
}

extension Stage.Counts {
    fileprivate mutating func note(_ reply: RehearsalReply, isNewTicket: Bool) {
        answers += 1
        if isNewTicket { joined += 1 }
        servedTicket = max(servedTicket, reply.servedTicket ?? 0)
        lastTicket = max(lastTicket, reply.lastTicket ?? 0)
        if reply.word == PurchaseStatus.soldOut.rawValue { isSoldOut = true }
    }
}
