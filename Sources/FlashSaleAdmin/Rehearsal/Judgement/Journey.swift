import FlashSale

/// What a history says of one person.
struct Journey: Sendable, Equatable {
    let person: Int
    /// When the first request went out, in microseconds after the start.
    var came: Int64
    /// When the ticket came; nil without one.
    var joined: Int64?
    /// The first ticket and every other that the person was told: there must be none.
    var tickets: [Int64] = []
    /// The position that came with the ticket.
    var position: Int64?
    /// Each status that a standing gave, in order, repetitions left out.
    var statuses: [PurchaseStatus] = []
    /// Why there was no place: the code of the answer.
    var refusal: String?
    /// Since when the person is seen to be decided, by anybody's answer, in microseconds after the start.
    var decided: Int64?

    var ticket: Int64? { tickets.first }
    var status: PurchaseStatus? { statuses.last }
    var hasTicket: Bool { !tickets.isEmpty }
    /// Whether the person was offered units, whatever became of them.
    var wasServedUnits: Bool {
        statuses.contains { [.held, .pending, .completed, .cancelled, .expired, .refundDue].contains($0) }
    }
    /// From the ticket to the decision, in microseconds.
    var waited: Int64? {
        guard let joined, let decided else { return nil }
        return max(0, decided - joined)
    }
    /// One word for how it ended.
    var ending: String { status?.rawValue ?? refusal ?? "no_answer" }
}

/// Everybody's journeys, read from a history.
struct Journeys: Sendable {
    let all: [Journey]
    /// When the served ticket first reached a value, as anybody saw it: rising in both.
    let served: [(at: Int64, ticket: Int64)]
    /// When anybody was first told that all is sold; nil when nobody was.
    let soldOut: Int64?

    init(_ history: RehearsalHistory) {
        var journeys: [Int: Journey] = [:]
        var served: [(at: Int64, ticket: Int64)] = []
        var soldOut: Int64?
        var ownDecision: [Int: Int64] = [:]
        for answer in history.answers {
            let reply = answer.reply
            var journey = journeys[answer.person] ?? Journey(person: answer.person, came: answer.sent)
            journey.take(answer)
            journeys[answer.person] = journey
            if let status = journey.status, status != .queued, ownDecision[answer.person] == nil {
                ownDecision[answer.person] = answer.received
            }
            if let ticket = reply.servedTicket, ticket > served.last?.ticket ?? 0 {
                served.append((answer.received, ticket))
            }
            if reply.word == PurchaseStatus.soldOut.rawValue, soldOut == nil { soldOut = answer.received }
        }
        self.served = served
        self.soldOut = soldOut
        all = journeys.values.sorted { $0.person < $1.person }.map { journey in
            var journey = journey
            guard let ticket = journey.ticket, let own = ownDecision[journey.person] else { return journey }
            var decided = min(own, Self.time(of: ticket, in: served) ?? own)
            if journey.status == .soldOut, let soldOut { decided = min(decided, soldOut) }
            journey.decided = max(decided, journey.joined ?? decided)
            return journey
        }
    }

    /// When the served ticket was first seen at or above a ticket.
    private static func time(of ticket: Int64, in served: [(at: Int64, ticket: Int64)]) -> Int64? {
        var low = 0
        var high = served.count
        while low < high {
            let middle = (low + high) / 2
            if served[middle].ticket >= ticket { high = middle } else { low = middle + 1 }
        }
        return low < served.count ? served[low].at : nil
    }
}

extension Journey {
    fileprivate mutating func take(_ answer: RehearsalAnswer) {
        let reply = answer.reply
        guard answer.route == .join || answer.route == .standing else { return }
        guard reply.isSuccess else {
            if !hasTicket, !reply.isTryAgain { refusal = reply.word }
            return
        }
        if let ticket = reply.ticket, !tickets.contains(ticket) { tickets.append(ticket) }
        if joined == nil {
            joined = answer.received
            position = reply.position
        }
        if let status = PurchaseStatus(rawValue: reply.word), status != statuses.last { statuses.append(status) }
    }
}
