import FlashSale
import Testing

@testable import FlashSaleAdmin

/// A fair sale of two units to four people, into which violations are planted.
struct FairSale {
    var answers: [RehearsalAnswer] = []

    /// Each joins, two buy, one is sold out in line, and one at the door.
    init() {
        for person in 0..<3 {
            say(person, .join, 202, "queued", ticket: Int64(person + 1), position: Int64(person + 1))
        }
        say(0, .standing, 200, "completed", ticket: 1, served: 2)
        say(1, .standing, 200, "completed", ticket: 2, served: 2)
        say(2, .standing, 200, "sold_out", ticket: 3, served: 2)
        say(3, .join, 409, "sold_out")
    }

    /// One more answer, a millisecond after the last.
    mutating func say(
        _ person: Int,
        _ route: RehearsalRoute,
        _ status: Int,
        _ word: String,
        ticket: Int64? = nil,
        served: Int64? = nil,
        position: Int64? = nil,
        estimate: RehearsalReply.Estimate? = nil
    ) {
        let time = Int64(answers.count) * 1_000
        let reply = RehearsalReply(
            status: status,
            word: word,
            ticket: ticket,
            position: position,
            servedTicket: ticket == nil ? nil : served ?? 0,
            estimate: estimate
        )
        answers.append(
            RehearsalAnswer(person: person, route: route, sent: time + 1, received: time + 500, reply: reply)
        )
    }

    var history: RehearsalHistory { RehearsalHistory(people: 4, answers: answers) }

    func checks(stock: Int = 2, available: Int64? = 0, others: Int = 0) -> [RehearsalCheck] {
        FairnessCheck(
            history: history,
            journeys: Journeys(history),
            stock: stock,
            availableAtEnd: available,
            unitsOfOthers: others
        ).checks
    }

    func failed(stock: Int = 2, available: Int64? = 0, others: Int = 0) -> [String] {
        checks(stock: stock, available: available, others: others).filter { $0.verdict == .fail }.map(\.name)
    }
}

@Suite("Rehearsal: fairness")
struct FairnessCheckTests {
    private static let own = "Everybody's place is their own"
    private static let lost = "Nobody was lost: one decision for each ticket"
    private static let forward = "The line only moves forward"
    private static let order = "Tickets are decided in their order"
    private static let overtaken = "Nobody overtook anybody"
    private static let lastWord = "Sold out is the last word"
    private static let units = "As many units were sold as there were, or as people wanted"
    private static let paid = "Whoever paid has it, or a refund due"
    private static let errors = "No request failed for a fault of ours"

    @Test("A fair sale passes; what it does not show is not judged")
    func fair() {
        let checks = FairSale().checks()
        #expect(checks.count { $0.verdict == .pass } == checks.count - 1)
        #expect(checks.first { $0.verdict == .notJudged }?.name == Self.paid)
    }

    @Test("A ticket of two people, and a person of two tickets")
    func tickets() {
        var sale = FairSale()
        sale.say(3, .standing, 200, "sold_out", ticket: 3, served: 2)
        #expect(sale.failed() == [Self.own])
        sale = FairSale()
        sale.say(2, .standing, 200, "sold_out", ticket: 4, served: 2)
        #expect(sale.failed() == [Self.own])
    }

    @Test("Somebody who waits to the end, whose decision changes, or whose entry failed")
    func lost() {
        var sale = FairSale()
        sale.answers.removeAll { $0.person == 2 && $0.route == .standing }
        #expect(sale.failed() == [Self.lost])
        sale = FairSale()
        sale.say(2, .standing, 200, "left", ticket: 3, served: 2)
        #expect(sale.failed() == [Self.lost])
        sale = FairSale()
        sale.say(3, .join, 202, "failed", ticket: 2, served: 2)
        #expect(sale.failed().contains(Self.lost))
    }

    @Test("A line that moves back, and a position that rises; answers that crossed on their way are no violation")
    func forward() {
        var sale = FairSale()
        sale.say(2, .standing, 200, "sold_out", ticket: 3, served: 1)
        #expect(sale.failed() == [Self.forward])
        sale = FairSale()
        let last = sale.answers.removeLast()
        let crossed = RehearsalReply(status: 200, word: "sold_out", ticket: 3, servedTicket: 1)
        sale.answers.append(
            RehearsalAnswer(person: 2, route: .standing, sent: 1_900, received: 9_000, reply: crossed)
        )
        sale.answers.append(last)
        #expect(sale.failed() == [])
        sale = FairSale()
        sale.answers.insert(contentsOf: Self.rising, at: 3)
        #expect(sale.failed() == [Self.forward])
    }

    private static var rising: [RehearsalAnswer] {
        [1, 2].map { position in
            RehearsalAnswer(
                person: 2,
                route: .standing,
                sent: 2_600,
                received: 2_700,
                reply: RehearsalReply(status: 200, word: "queued", ticket: 3, position: position, servedTicket: 0)
            )
        }
    }

    @Test("A ticket that is decided before the line is there, and one that waits behind it")
    func order() {
        var sale = FairSale()
        sale.answers.removeAll { $0.person == 1 && $0.route == .standing }
        sale.say(1, .standing, 200, "completed", ticket: 5, served: 4)
        #expect(sale.failed().contains(Self.order))
        sale = FairSale()
        sale.answers.insert(
            RehearsalAnswer(
                person: 1,
                route: .standing,
                sent: 3_600,
                received: 3_700,
                reply: RehearsalReply(status: 200, word: "queued", ticket: 2, position: 1, servedTicket: 2)
            ),
            at: 4
        )
        #expect(sale.failed() == [Self.order])
    }

    @Test("A unit for a ticket above one that was sold out, even if it was given back later")
    func overtaken() {
        var sale = FairSale()
        sale.answers.removeAll { $0.person == 1 && $0.route == .standing }
        sale.say(1, .standing, 200, "sold_out", ticket: 2, served: 2)
        sale.answers.removeAll { $0.person == 2 && $0.route == .standing }
        sale.say(2, .standing, 200, "completed", ticket: 3, served: 3)
        #expect(sale.failed() == [Self.overtaken])
    }

    @Test("A place that is given after somebody was told that all is sold")
    func lastWord() {
        var sale = FairSale()
        sale.say(3, .join, 202, "queued", ticket: 4, served: 2, position: 2)
        sale.say(3, .standing, 200, "sold_out", ticket: 4, served: 4)
        #expect(sale.failed() == [Self.lastWord])
    }

    @Test("Units too many, too few while somebody was refused, and a stock that does not add up")
    func units() {
        #expect(FairSale().failed(stock: 1, available: nil) == [Self.units])
        #expect(FairSale().failed(stock: 3, available: nil) == [Self.units])
        #expect(FairSale().failed(stock: 2, available: 1) == [Self.units])
        // Whoever is not of the crowd may buy too: the sums hold with them, and only with them.
        #expect(FairSale().failed(stock: 3, available: 0, others: 1) == [])
        #expect(FairSale().failed(stock: 3, available: 1, others: 1) == [Self.units])
        #expect(FairSale().failed(stock: 2, available: nil, others: 1) == [Self.units])
    }

    @Test("Somebody whose payment was taken and who has nothing; a refund due is an answer")
    func paid() {
        for (word, expected) in [("cancelled", [Self.paid]), ("refund_due", [])] {
            var sale = FairSale()
            sale.say(4, .join, 202, "queued", ticket: 9, served: 0)
            sale.answers.insert(sale.answers.removeLast(), at: 0)
            sale.say(4, .payment, 200, "processed")
            sale.say(4, .standing, 200, word, ticket: 9, served: 9)
            #expect(sale.failed().filter { $0 == Self.paid } == expected, "\(word)")
        }
    }

    @Test("An API that breaks, or refuses what is right; one that is busy may say so")
    func errors() {
        for (status, expected) in [(500, [Self.errors]), (422, [Self.errors]), (503, []), (0, [])] {
            var sale = FairSale()
            sale.say(3, .join, status, "word")
            #expect(sale.failed() == expected, "\(status)")
        }
    }

    @Test("Estimates are judged by the moment at which anybody could see the decision; with few people not at all")
    func estimates() {
        var sale = FairSale()
        sale.answers = []
        for person in 0..<40 {
            let held = person < 36
            sale.say(
                person,
                .join,
                202,
                "queued",
                ticket: Int64(person + 1),
                estimate: RehearsalReply.Estimate(p50: 0, p90: held ? 1 : 0)
            )
        }
        sale.say(99, .standing, 200, "queued", ticket: 100, served: 40)
        for person in 0..<40 { sale.say(person, .standing, 200, "completed", ticket: Int64(person + 1), served: 40) }
        let check = EstimateCheck(sale.history, Journeys(sale.history))
        #expect(check.people == 40 && check.first == 0.9 && check.all == 0.9 && check.check.verdict == .pass)
        sale.answers = sale.answers.filter { $0.person >= 26 }
        let fewer = EstimateCheck(sale.history, Journeys(sale.history))
        #expect(fewer.people == 14 && fewer.check.verdict == .notJudged)
        let none = EstimateCheck(FairSale().history, Journeys(FairSale().history))
        #expect(none.first == nil && none.check.verdict == .notJudged)
    }

    @Test("When somebody was decided is what those saw who were still looking; a last look says only how it ended")
    func lastLooks() {
        var sale = FairSale()
        sale.answers = []
        for person in 0..<3 { sale.say(person, .join, 202, "queued", ticket: Int64(person + 1)) }
        sale.say(1, .standing, 200, "completed", ticket: 2, served: 2)
        sale.say(0, .standing, 200, "completed", ticket: 1, served: 3)
        sale.say(2, .standing, 200, "completed", ticket: 3, served: 3)
        for index in [4, 5] { sale.answers[index].isLastLook = true }
        let journeys = Journeys(sale.history).all
        #expect(journeys.map(\.decided) == [3_500, 3_500, nil])
        #expect(journeys.map(\.waited) == [3_000, 2_000, nil] && journeys.allSatisfy { $0.status == .completed })
        sale.say(2, .leave, 204, "")
        sale.say(2, .standing, 200, "left", ticket: 3, served: 3)
        #expect(Journeys(sale.history).all[2].decided == 6_500 && Journeys(sale.history).all[2].waited == nil)
    }

    @Test("An estimate that nine of ten missed fails")
    func missedEstimates() {
        var sale = FairSale()
        sale.answers = []
        for person in 0..<30 {
            let estimate = RehearsalReply.Estimate(p50: 0, p90: 0)
            sale.say(person, .join, 202, "queued", ticket: Int64(person + 1), estimate: estimate)
        }
        for person in 0..<30 { sale.say(person, .standing, 200, "completed", ticket: Int64(person + 1), served: 30) }
        #expect(EstimateCheck(sale.history, Journeys(sale.history)).check.verdict == .fail)
    }
}
