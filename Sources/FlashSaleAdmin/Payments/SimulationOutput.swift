import FlashSale

/// What a simulated payment event was answered with, as it is printed.
struct SimulationOutput {
    let event: SimulatedEvent
    let isSigned: Bool
    let address: APIAddress
    let counts: [PaymentSimulation.Count]

    /// The document that `--json` prints.
    var json: JSONOutput {
        [
            "event_id": JSONOutput(event.id),
            "order_id": JSONOutput(event.order.description),
            "status": JSONOutput(event.status.rawValue),
            "amount": JSONOutput(event.amount),
            "currency": JSONOutput(event.currency.code),
            "signed": .bool(isSigned),
            "url": JSONOutput(address.description),
            "answers": .array(counts.map(\.json)),
        ]
    }

    /// For a terminal: what was sent, then each distinct answer.
    func text(inColor: Bool = Console.standardOutput.usesColor) -> String {
        let times = counts.reduce(0) { $0 + $1.times }.counting("time")
        let amount = event.currency.text(event.amount)
        let table = Table(
            [.init("answer"), .init("result"), .init("times", .right), .init("detail")],
            rows: counts.map(\.cells)
        )
        return """
            Sent event \(event.id) \(times): \(event.status.rawValue), \(amount), for order \
            \(event.order), \(isSigned ? "signed" : "not signed").

            \(table.rendered(inColor: inColor))
            """
    }

    /// Why the command did not succeed; nil when every event was taken.
    var failure: CommandFailure? {
        let refused = counts.filter { !$0.reply.isSuccess }
        guard !refused.isEmpty else { return nil }
        let all = counts.reduce(0) { $0 + $1.times }
        let count = refused.reduce(0) { $0 + $1.times }
        var text = all == 1 ? "The event was not taken." : "The event was not taken \(count) of \(all) times."
        if refused.contains(where: { $0.reply.status == 401 }) {
            text += """

                The API did not accept the signature. Both must have the same payments.signature and payments.secret; \
                see flashsale config.
                """
        }
        return .refused(text)
    }
}

extension PaymentSimulation.Reply {
    /// The HTTP status; nil when no answer came.
    var status: Int? {
        if case .answer(let status, _, _) = self { status } else { nil }
    }
}

extension PaymentSimulation.Count {
    fileprivate var json: JSONOutput {
        switch reply {
        case .answer(let status, let word, let detail):
            return [
                "status": JSONOutput(status),
                reply.isSuccess ? "result" : "code": JSONOutput(word),
                "detail": JSONOutput(detail),
                "count": JSONOutput(times),
            ]
        case .silence(let reason):
            return ["status": .null, "detail": JSONOutput(reason), "count": JSONOutput(times)]
        }
    }

    fileprivate var cells: [String] {
        switch reply {
        case .answer(let status, let word, let detail): ["\(status)", word ?? "-", "\(times)", detail ?? ""]
        case .silence(let reason): ["none", "-", "\(times)", reason]
        }
    }
}
