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
    /// Since when the person is seen to be decided, by anybody's answer, in microseconds after the start; nil where nobody
    /// who was still looking could see it.
    var decided: Int64?

    var ticket: Int64? { tickets.first }
    var status: PurchaseStatus? { statuses.last }
    var hasTicket: Bool { !tickets.isEmpty }
    /// Whether the person was offered units, whatever became of them.
    var wasServedUnits: Bool {
        statuses.contains { [.held, .pending, .completed, .cancelled, .expired, .refundDue].contains($0) }
    }
    /// Whether the line is done with the person.
    var isDecided: Bool { status.map { $0 != .queued } ?? false }
    /// From the ticket to the decision, in microseconds; nil for those who left, since nobody decided that.
    var waited: Int64? {
        guard let joined, let decided, status != .left else { return nil }
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
            let isDecided = journey.status.map { $0 != .queued } ?? false
            let hasLeft = answer.route == .leave && reply.isSuccess
            if isDecided || hasLeft, !answer.isLastLook, ownDecision[answer.person] == nil {
                ownDecision[answer.person] = answer.received
            }
            if let ticket = reply.servedTicket, ticket > served.last?.ticket ?? 0, !answer.isLastLook {
                served.append((answer.received, ticket))
            }
            if reply.word == PurchaseStatus.soldOut.rawValue, soldOut == nil { soldOut = answer.received }
        }
        self.served = served
        self.soldOut = soldOut
        all = journeys.values.sorted { $0.person < $1.person }.map { journey in
            var journey = journey
            guard let ticket = journey.ticket, let joined = journey.joined, journey.isDecided else { return journey }
            let times = [
                ownDecision[journey.person], Self.time(of: ticket, in: served),
                journey.status == .soldOut ? soldOut : nil,
            ]
            journey.decided = times.compactMap(\.self).min().map { max($0, joined) }
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
