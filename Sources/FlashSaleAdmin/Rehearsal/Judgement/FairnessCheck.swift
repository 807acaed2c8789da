import FlashSale

/// What the answers to a crowd must have in common for the sale to have been fair: pure, from the history alone.
struct FairnessCheck {
    let history: RehearsalHistory
    let journeys: Journeys
    let stock: Int
    /// Units that the API showed as available when everybody was done; nil where it was not asked.
    var availableAtEnd: Int64?
    /// Units that people outside of the crowd hold or have bought.
    var unitsOfOthers = 0

    /// Every check, in the order in which they are read.
    var checks: [RehearsalCheck] {
        [
            ownTickets, nobodyLost, forwardOnly, decidedInOrder, nobodyOvertook, soldOutStays, unitsSold, paidIsBought,
            noErrors,
        ]
    }

    private var holders: [Journey] { journeys.all.filter(\.hasTicket) }

    /// A ticket is one person's, and a person's ticket never changes.
    private var ownTickets: RehearsalCheck {
        var owners: [Int64: Int] = [:]
        var violations: [String] = []
        for journey in holders {
            if journey.tickets.count > 1 {
                violations.append(
                    "\(name(journey)) was told tickets \(journey.tickets.map(String.init).joined(separator: ", "))"
                )
            }
            for ticket in journey.tickets {
                if let other = owners[ticket] {
                    violations.append(
                        "ticket \(ticket) was given to \(RehearsalClient.user(other)) and \(name(journey))"
                    )
                }
                owners[ticket] = journey.person
            }
        }
        return RehearsalCheck(
            "Everybody's place is their own",
            violations: violations,
            looked: "\(holders.count) tickets"
        )
    }

    /// Everybody with a ticket has one decision at the end, and it does not change.
    private var nobodyLost: RehearsalCheck {
        let violations = holders.compactMap { journey -> String? in
            let finals = journey.statuses.filter(\.isFinal)
            if finals.count > 1 {
                return "\(name(journey)) was told \(finals.map(\.rawValue).joined(separator: ", then "))"
            }
            guard let status = journey.status, status.isFinal else {
                return
                    "\(name(journey)) with ticket \(journey.ticket ?? 0) is \(journey.status?.rawValue ?? "gone") to the end"
            }
            return status == .failed ? "\(name(journey)) could not be processed" : nil
        }
        return RehearsalCheck(
            "Nobody was lost: one decision for each ticket",
            violations: violations,
            looked: "\(holders.count) decisions"
        )
    }

    /// What is known when a request goes out is a bound for its answer: the line never moves back.
    private var forwardOnly: RehearsalCheck {
        var violations: [String] = []
        var positions: [Int: Int64] = [:]
        var reached: [(at: Int64, served: Int64)] = []
        for answer in history.answers {
            guard let served = answer.reply.servedTicket else { continue }
            let known = Self.last(before: answer.sent, in: reached)
            if served < known { violations.append("served ticket \(served) was shown after \(known)") }
            if served > reached.last?.served ?? -1 { reached.append((answer.received, served)) }
            if let position = answer.reply.position {
                if let before = positions[answer.person], position > before {
                    violations.append(
                        "\(RehearsalClient.user(answer.person)) fell back from position \(before) to \(position)"
                    )
                }
                positions[answer.person] = position
            }
        }
        return RehearsalCheck(
            "The line only moves forward",
            violations: violations,
            looked: "\(history.answers.count) answers"
        )
    }

    /// Who is decided has been reached by the line, and who waits has not.
    private var decidedInOrder: RehearsalCheck {
        var violations: [String] = []
        var looked = 0
        for answer in history.answers {
            guard let ticket = answer.reply.ticket, let served = answer.reply.servedTicket,
                let status = PurchaseStatus(rawValue: answer.reply.word), answer.reply.isSuccess
            else { continue }
            looked += 1
            switch status {
            // Sold out is said to everybody at once, and whoever leaves is out before the line comes.
            case .soldOut, .left: continue
            case .queued where ticket <= served:
                violations.append("ticket \(ticket) waits though \(served) is served")
            case .entered, .queued: continue
            case .held, .pending, .completed, .cartExpired, .cancelled, .expired, .alreadyPurchased, .refundDue,
                .failed:
                if ticket > served {
                    violations.append("ticket \(ticket) is \(status.rawValue) though only \(served) is served")
                }
            }
        }
        return RehearsalCheck(
            "Tickets are decided in their order",
            violations: violations,
            looked: "\(looked) standings"
        )
    }

    /// Nobody gets units whose ticket is above one that was refused for want of units: all ask for one.
    private var nobodyOvertook: RehearsalCheck {
        let refused = holders.filter { $0.status == .soldOut }.compactMap(\.ticket).min()
        let winners = holders.filter(\.wasServedUnits)
        let violations = winners.compactMap { journey -> String? in
            guard let ticket = journey.ticket, let refused, ticket > refused else { return nil }
            return "ticket \(ticket) got a unit, and ticket \(refused) was sold out"
        }
        return RehearsalCheck(
            "Nobody overtook anybody",
            violations: violations,
            looked: "\(winners.count) got a unit"
                + (refused.map { ", all before ticket \($0), the first without" } ?? "")
        )
    }

    /// Who asks after somebody was told that all is sold gets no new place.
    private var soldOutStays: RehearsalCheck {
        let name = "Sold out is the last word"
        guard let soldOut = journeys.soldOut else {
            return RehearsalCheck(name, .notJudged, "it never sold out")
        }
        let violations = history.answers.compactMap { answer -> String? in
            guard answer.route == .join, answer.reply.status == 202, answer.sent > soldOut else { return nil }
            return "\(RehearsalClient.user(answer.person)) got ticket \(answer.reply.ticket ?? 0) after that"
        }
        return RehearsalCheck(name, violations: violations, looked: "said after \(soldOut / 1_000) ms")
    }

    /// As many units are sold as there are, or as many as people wanted.
    private var unitsSold: RehearsalCheck {
        let sold = holders.count { $0.status == .completed }
        let refused = holders.count { $0.status == .soldOut } + journeys.all.count { $0.refusal == "sold_out" }
        var violations: [String] = []
        let taken = sold + unitsOfOthers
        let others = unitsOfOthers > 0 ? ", \(unitsOfOthers) of them to people outside of the crowd" : ""
        if taken > stock { violations.append("\(taken) units of \(stock) were sold\(others)") }
        if refused > 0, taken < stock {
            violations.append(
                "\(refused) people found it sold out, and only \(taken) units of \(stock) were sold\(others)"
            )
        }
        if let shown = availableAtEnd, Int64(stock - taken) != shown {
            violations.append("\(taken) of \(stock) were sold\(others), and the API shows \(shown) as available")
        }
        return RehearsalCheck(
            "As many units were sold as there were, or as people wanted",
            violations: violations,
            looked: "\(taken) of \(stock) sold\(others), \(refused) people too late"
        )
    }

    /// Whoever's payment was taken has the unit, or gets the money back.
    private var paidIsBought: RehearsalCheck {
        let name = "Whoever paid has it, or a refund due"
        let payments = history.answers.filter { $0.route == .payment && $0.reply.isSuccess }
        guard !payments.isEmpty else { return RehearsalCheck(name, .notJudged, "nobody paid") }
        let statuses = Dictionary(journeys.all.map { ($0.person, $0.status) }) { first, _ in first }
        let violations = Set(payments.map(\.person)).sorted().compactMap { person -> String? in
            let status = statuses[person] ?? nil
            if status == .completed || status == .refundDue { return nil }
            return "\(RehearsalClient.user(person)) paid and is \(status?.rawValue ?? "gone")"
        }
        return RehearsalCheck(name, violations: violations, looked: "\(payments.count) payments")
    }

    /// The API may say that it is busy; it may not break.
    private var noErrors: RehearsalCheck {
        let broken = history.answers.filter { $0.reply.status >= 500 && $0.reply.status != 503 }
        let unexpected = history.answers.filter { [400, 401, 405, 413, 415, 422, 431].contains($0.reply.status) }
        let violations = (broken + unexpected).map { "\($0.route.title) answered \($0.reply.status) \($0.reply.word)" }
        return RehearsalCheck(
            "No request failed for a fault of ours",
            violations: violations,
            looked: "\(history.answers.count) answers"
        )
    }

    private func name(_ journey: Journey) -> String { RehearsalClient.user(journey.person) }

    /// The last value that was received before a time.
    private static func last(before time: Int64, in reached: [(at: Int64, served: Int64)]) -> Int64 {
        var low = 0
        var high = reached.count
        while low < high {
            let middle = (low + high) / 2
            if reached[middle].at < time { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? reached[low - 1].served : 0
    }
}
