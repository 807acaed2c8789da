import FlashSale
import Testing

@testable import FlashSaleAdmin

@Suite("Rehearsal: one person's visit")
struct VisitTests {
    private func visit(_ patience: Person.Patience = .waits, _ payment: Person.Payment = .pays) -> Visit {
        Visit(Person(arrival: 0, patience: patience, payment: payment, thinks: 500, spread: 0.5))
    }

    private func standing(_ status: PurchaseStatus, poll: Int64 = 2) -> RehearsalReply {
        RehearsalReply(status: 200, word: status.rawValue, ticket: 4, order: "1-4", pollAfter: poll)
    }

    @Test("Joins, polls at the API's pace, checks a hold out, pays, and sees the purchase")
    func buys() {
        var visit = visit()
        #expect(visit.route == .join)
        #expect(visit.take(standing(.queued, poll: 7), at: 1_000) == .ask(at: 8_000) && visit.route == .standing)
        #expect(visit.take(standing(.held), at: 9_000) == .ask(at: 9_500) && visit.route == .checkout)
        #expect(visit.take(RehearsalReply(status: 201, word: "pending"), at: 10_000) == .ask(at: 10_500))
        #expect(visit.route == .payment && visit.order == "1-4")
        #expect(visit.take(RehearsalReply(status: 200, word: "processed"), at: 11_000) == .ask(at: 11_000))
        #expect(visit.take(standing(.completed), at: 12_000) == .over && visit.isDecided)
    }

    @Test("Who does not pay sees the hold, or the order, run out")
    func doesNotPay() {
        var idle = visit(.waits, .letsItRunOut)
        #expect(idle.take(standing(.held), at: 0) == .ask(at: 2_000) && idle.route == .standing)
        #expect(idle.take(standing(.expired), at: 0) == .over)
        var half = visit(.waits, .onlyChecksOut)
        #expect(half.take(standing(.held), at: 0) == .ask(at: 500) && half.route == .checkout)
        #expect(half.take(RehearsalReply(status: 201), at: 0) == .ask(at: 0) && half.route == .standing)
        #expect(half.take(standing(.pending), at: 0) == .ask(at: 2_000) && half.route == .standing)
    }

    @Test("A payment goes out once, also where the order needs no checkout")
    func paysOnce() {
        var visit = visit()
        #expect(visit.take(standing(.pending), at: 0) == .ask(at: 500) && visit.route == .payment)
        _ = visit.take(RehearsalReply(status: 200, word: "waiting"), at: 0)
        #expect(visit.take(standing(.pending), at: 0) == .ask(at: 2_000) && visit.route == .standing)
    }

    @Test("Who leaves says so and looks no more; who vanishes says nothing; too late to leave, the outcome counts")
    func givesUp() {
        var leaver = visit(.leaves(afterPolls: 1))
        _ = leaver.take(standing(.queued), at: 0)
        #expect(leaver.take(standing(.queued), at: 0) == .ask(at: 500) && leaver.route == .leave)
        #expect(leaver.take(RehearsalReply(status: 204), at: 0) == .silent)
        var late = visit(.leaves(afterPolls: 0))
        #expect(late.take(standing(.queued), at: 0) == .ask(at: 500) && late.route == .leave)
        #expect(late.take(RehearsalReply(status: 409, word: "already_decided"), at: 5) == .ask(at: 5))
        #expect(late.route == .standing)
        var ghost = visit(.vanishes(afterPolls: 0))
        #expect(ghost.take(standing(.queued), at: 0) == .silent)
        ghost.lookOnly()
        #expect(ghost.take(standing(.held), at: 0) == .ask(at: 2_000) && ghost.route == .standing)
        #expect(ghost.take(standing(.expired), at: 0) == .over)
    }

    @Test("Comes back with the same request after Retry-After, spread out; goes home after too many failures")
    func triesAgain() {
        var visit = visit()
        let busy = RehearsalReply(status: 503, word: "paused", retryAfter: 4)
        #expect(visit.take(busy, at: 0) == .ask(at: 4_500_000) && visit.route == .join)
        #expect(visit.take(RehearsalReply(word: "connection refused"), at: 0) == .ask(at: 1_125_000))
        var tries = 2
        while visit.take(busy, at: 0) != .over, tries < 1_000 { tries += 1 }
        #expect(tries == 59)
        var refused = self.visit()
        #expect(refused.take(RehearsalReply(status: 409, word: "sold_out"), at: 0) == .over)
    }

    @Test("The stage hands out each person once at a time, and is over when nobody has anything left to ask")
    func stage() {
        let people = (0..<2).map { number in
            Person(arrival: Int64(number * 10), patience: .waits, payment: .pays, thinks: 0, spread: 0)
        }
        let stage = Stage(people)
        func turn(_ now: Int64) -> Int? {
            if case .ask(let person, _, _, _) = stage.next(at: now) { person } else { nil }
        }
        func answer(_ person: Int, _ status: PurchaseStatus) {
            let answer = RehearsalAnswer(
                person: person,
                route: .join,
                sent: 0,
                received: 20,
                reply: standing(status, poll: 0)
            )
            stage.take(answer)
        }
        #expect(turn(0) == 0 && turn(0) == nil && turn(10) == 1 && turn(10) == nil)
        answer(0, .completed)
        answer(1, .queued)
        #expect(turn(20) == 1)
        guard case .wait = stage.next(at: 20) else { return #expect(Bool(false), "an answer is still to come") }
        answer(1, .soldOut)
        guard case .over = stage.next(at: 20) else { return #expect(Bool(false), "everybody is done") }
        #expect(stage.counts.decided == 2 && stage.counts.joined == 2 && stage.history.answers.count == 3)
    }
}
