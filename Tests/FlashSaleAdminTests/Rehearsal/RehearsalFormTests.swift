import FlashSale
import Testing

@testable import FlashSaleAdmin

@Suite("Rehearsal: the plan and its crowd")
struct RehearsalFormTests {
    private func plan(_ change: (inout RehearsalForm) -> Void = { _ in }) throws -> RehearsalPlan {
        var form = RehearsalForm(users: "1000", stock: "10", seed: "7")
        change(&form)
        return try form.plan(anySeed: 1)
    }

    @Test("Everything that is wrong is said at once, each with its field")
    func wrong() throws {
        var form = RehearsalForm(users: "0", stock: "many")
        form.arrival = "soon"
        form.over = "30"
        form.pay = "1.1"
        form.abandon = "-0.1"
        form.checkout = "later"
        form.seed = "-1"
        form.connections = "513"
        form.disturb = "much"
        form.disturbFor = "0s"
        form.deadline = "1ms"
        let form1 = form
        let error = try #require(throws: InvalidValues.self) { try form1.plan(anySeed: 1) }
        #expect(
            Set(error.values.map(\.field)) == [
                "users", "stock", "arrival", "over", "pay", "abandon", "checkout", "seed", "connections", "disturb",
                "disturb_for", "deadline",
            ]
        )
        #expect(error.description.contains("burst, ramp, steady"))
    }

    @Test("The product has a line with room for everybody")
    func product() throws {
        let plan = try plan {
            $0.users = "20000"
            $0.holdSeconds = "3"
        }
        #expect(plan.product.limits.maxQueue == 20_000 && plan.product.limits.holdSeconds == 3)
        #expect(plan.stock == 10 && plan.over == .zero && plan.seed == 7)
    }

    @Test("The same seed gives the same people, another one others")
    func seeds() throws {
        let first = try Person.crowd(of: plan())
        #expect(try first == Person.crowd(of: plan()))
        #expect(try first != Person.crowd(of: plan { $0.seed = "8" }))
    }

    @Test("As many give up and as many pay as the shares say; 0 and 1 are nobody and everybody")
    func shares() throws {
        let crowd = try Person.crowd(
            of: plan {
                $0.users = "20000"
                $0.abandon = "0.2"
            }
        )
        let waiting = crowd.count { $0.patience == .waits }
        let paying = crowd.count { $0.payment == .pays }
        #expect((15_700...16_300).contains(waiting) && (17_700...18_300).contains(paying))
        let all = try Person.crowd(
            of: plan {
                $0.abandon = "1"
                $0.pay = "0"
            }
        )
        #expect(all.allSatisfy { $0.patience != .waits && $0.payment != .pays })
        let none = try Person.crowd(
            of: plan {
                $0.abandon = "0"
                $0.pay = "1"
            }
        )
        #expect(none.allSatisfy { $0.patience == .waits && $0.payment == .pays })
    }

    @Test("A burst comes at once, a steady crowd evenly, a ramp mostly in the second half")
    func arrivals() throws {
        #expect(try Person.crowd(of: plan()).allSatisfy { $0.arrival == 0 })
        let half = Duration.seconds(5).microseconds
        for (kind, early) in [("steady", 500), ("ramp", 250)] {
            let crowd = try Person.crowd(
                of: plan {
                    $0.arrival = kind
                    $0.over = "10s"
                }
            )
            #expect(crowd.map(\.arrival) == crowd.map(\.arrival).sorted())
            #expect(crowd.count { $0.arrival < half } == early, "\(kind)")
            #expect(crowd.allSatisfy { $0.arrival < 2 * half })
        }
    }

    @Test("The agenda gives the earliest first, and at the same time the lower number")
    func agenda() {
        var random = SeededRandom(seed: 3)
        var agenda = Agenda()
        var entries: [Agenda.Entry] = []
        for person in 0..<500 {
            let entry = Agenda.Entry(at: Int64.random(in: 0..<100, using: &random), person: person)
            entries.append(entry)
            agenda.insert(entry)
        }
        var taken: [Agenda.Entry] = []
        while let entry = agenda.popFirst() { taken.append(entry) }
        #expect(taken == entries.sorted { ($0.at, $0.person) < ($1.at, $1.person) })
    }
}
