/// One simulated person: when they come and what they are going to do, decided before the rehearsal begins.
struct Person: Sendable, Equatable {
    /// What somebody does while waiting.
    enum Patience: Sendable, Equatable {
        /// Waits for the outcome.
        case waits
        /// Gives the place up, having looked so many times.
        case leaves(afterPolls: Int)
        /// Closes the tab without a word, having looked so many times.
        case vanishes(afterPolls: Int)
    }

    /// What somebody does with a hold or an unpaid order.
    enum Payment: Sendable, Equatable {
        case pays
        /// Turns the hold into an order, and does not pay it.
        case onlyChecksOut
        /// Lets it run out.
        case letsItRunOut
    }

    /// After the rehearsal's start, in microseconds.
    let arrival: Int64
    let patience: Patience
    let payment: Payment
    /// From seeing something to acting on it, in microseconds.
    let thinks: Int64
    /// Spreads those who were told to come back at the same time, 0 to 1.
    let spread: Double
}

extension Person {
    /// Everybody of a plan, by arrival: the same people for the same seed.
    static func crowd(of plan: RehearsalPlan) -> [Person] {
        var random = SeededRandom(seed: plan.seed)
        let span = Double(plan.over.microseconds)
        return (0..<plan.users).map { number in
            Person(
                arrival: Int64(span * place(of: number, in: plan)),
                patience: patience(plan.abandon, &random),
                payment: payment(plan.pay, &random),
                thinks: Int64.random(in: 100_000...1_000_000, using: &random),
                spread: Double.random(in: 0..<1, using: &random)
            )
        }
    }

    /// When in the span of arrivals somebody comes, 0 to 1.
    private static func place(of number: Int, in plan: RehearsalPlan) -> Double {
        let part = Double(number) / Double(max(1, plan.users))
        return switch plan.arrival {
        case .burst: 0
        case .steady: part
        // As many as the square of the time: their rate rises evenly from nothing.
        case .ramp: part.squareRoot()
        }
    }

    private static func patience(_ abandon: Double, _ random: inout SeededRandom) -> Patience {
        let chance = Double.random(in: 0..<1, using: &random)
        let polls = Int.random(in: 0...3, using: &random)
        guard chance < abandon else { return .waits }
        return chance < abandon / 2 ? .leaves(afterPolls: polls) : .vanishes(afterPolls: polls)
    }

    private static func payment(_ pay: Double, _ random: inout SeededRandom) -> Payment {
        let chance = Double.random(in: 0..<1, using: &random)
        let checksOut = Bool.random(using: &random)
        return chance < pay ? .pays : checksOut ? .onlyChecksOut : .letsItRunOut
    }
}

extension Duration {
    /// Whole microseconds.
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
