import FlashSale

/// A rehearsal as somebody typed it: texts, nil for what was left out.
struct RehearsalForm {
    /// The most people of one rehearsal: each costs memory here, and a place in line there.
    static let maximumUsers = 200_000
    static let maximumConnections = 512

    var users: String
    var stock: String
    var arrival = RehearsalPlan.Arrival.burst.rawValue
    var over = "30s"
    var pay = "0.9"
    var abandon = "0.1"
    var checkout = Checkout.instant.rawValue
    var productName = "Rehearsal"
    var cartSeconds = "60"
    var holdSeconds = "10"
    var paymentSeconds = "15"
    var seed: String?
    var connections = "64"
    var disturb = RehearsalPlan.Disturbance.none.rawValue
    var disturbFor = "5s"
    var deadline = "5m"

    /// The plan.
    ///
    /// - Parameter anySeed: The seed where none was typed.
    /// - Throws: ``InvalidValues`` with everything that is wrong, not only the first.
    func plan(anySeed: UInt64) throws(InvalidValues) -> RehearsalPlan {
        var check = FieldCheck()
        let users = check.value { () throws(InvalidValue) in
            try Self.number("users", self.users, in: 1...Self.maximumUsers)
        }
        let product = product(users: users, &check)
        let arrival = check.value { () throws(InvalidValue) in
            try Self.choice("arrival", self.arrival, RehearsalPlan.Arrival.self)
        }
        let disturbance = check.value { () throws(InvalidValue) in
            try Self.choice("disturb", disturb, RehearsalPlan.Disturbance.self)
        }
        let pay = check.value { () throws(InvalidValue) in try Self.share("pay", self.pay) }
        let abandon = check.value { () throws(InvalidValue) in try Self.share("abandon", self.abandon) }
        let connections = check.value { () throws(InvalidValue) in
            try Self.number("connections", self.connections, in: 1...Self.maximumConnections)
        }
        let seed = check.value { () throws(InvalidValue) in try Self.seed(self.seed, any: anySeed) }
        let over = check.duration("over", self.over, in: .milliseconds(1)...Duration.seconds(3_600), example: "30s")
        let disturbedFor = check.duration(
            "disturb_for",
            disturbFor,
            in: .seconds(1)...Duration.seconds(300),
            example: "5s"
        )
        let deadline = check.duration(
            "deadline",
            self.deadline,
            in: .seconds(1)...Duration.seconds(7_200),
            example: "5m"
        )
        guard let users, let product, let arrival, let disturbance, let pay, let abandon, let connections, let seed,
            let over, let disturbedFor, let deadline, check.problems.isEmpty
        else { throw InvalidValues(values: check.problems) }
        return RehearsalPlan(
            users: users,
            arrival: arrival,
            over: arrival == .burst ? .zero : over,
            pay: pay,
            abandon: abandon,
            product: product,
            seed: seed,
            connections: connections,
            disturbance: disturbance,
            disturbedFor: disturbedFor,
            deadline: deadline
        )
    }

    /// The product that is sold: one unit each, and a line with room for everybody.
    private func product(users: Int?, _ check: inout FieldCheck) -> NewProduct? {
        let form = NewProductForm(
            name: productName,
            price: "49.00",
            stock: stock,
            checkout: checkout,
            maxQueue: "\(max(10_000, users ?? 0))",
            cartSeconds: cartSeconds,
            holdSeconds: holdSeconds,
            paymentSeconds: paymentSeconds
        )
        do throws(InvalidValues) {
            return try form.product()
        } catch {
            for problem in error.values { _ = check.value { () throws(InvalidValue) -> Int in throw problem } }
            return nil
        }
    }
}

extension RehearsalForm {
    private static func number(_ field: String, _ text: String, in range: ClosedRange<Int>) throws(InvalidValue) -> Int
    {
        let number = try Int(field: field, text: text)
        guard range.contains(number) else {
            throw InvalidValue(
                field: field,
                problem: "is \(number)",
                remedy: "Give a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    private static func share(_ field: String, _ text: String) throws(InvalidValue) -> Double {
        guard let share = Double(text), (0...1).contains(share) else {
            throw InvalidValue(
                field: field,
                problem: "'\(text)' is not a share of people",
                remedy: "Give a number from 0 to 1, as in 0.9"
            )
        }
        return share
    }

    private static func choice<C: RawRepresentable & CaseIterable>(
        _ field: String,
        _ text: String,
        _ type: C.Type
    ) throws(InvalidValue) -> C where C.RawValue == String {
        guard let choice = C(rawValue: text) else {
            throw InvalidValue(
                field: field,
                problem: "'\(text)' is none of its values",
                remedy: "Choose \(C.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return choice
    }

    private static func seed(_ text: String?, any: UInt64) throws(InvalidValue) -> UInt64 {
        guard let text else { return any }
        guard let seed = UInt64(text) else {
            throw InvalidValue(
                field: "seed",
                problem: "'\(text)' is not a seed",
                remedy: "Give a whole number from 0 to \(UInt64.max)"
            )
        }
        return seed
    }
}

extension FieldCheck {
    /// A duration with its unit.
    fileprivate mutating func duration(
        _ field: String,
        _ text: String,
        in range: ClosedRange<Duration>,
        example: String
    ) -> Duration? {
        value { () throws(InvalidValue) in try Duration(field: field, text: text, in: range, example: example) }
    }
}
