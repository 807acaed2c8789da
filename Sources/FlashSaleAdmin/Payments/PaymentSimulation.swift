import FlashSale

/// Sends one payment event to the API, as often as asked, and counts the answers.
struct PaymentSimulation {
    let api: APIConnection
    /// What signs the event; nil where events are not signed.
    let secret: WebhookSecret?

    /// What the API said, or why it said nothing.
    enum Reply: Hashable {
        /// A status, the result or the problem's code, and what the problem says in words.
        case answer(status: Int, word: String?, detail: String?)
        /// No answer came.
        case silence(String)

        /// Whether the API has taken the event.
        var isSuccess: Bool {
            if case .answer(200..<300, _, _) = self { true } else { false }
        }
    }

    /// A reply, and how often it came.
    struct Count: Equatable {
        let reply: Reply
        let times: Int
    }

    /// Completes the event with the amount and currency of its order, where they were not typed.
    ///
    /// - Throws: ``CommandFailure`` when there is no such order or the API does not say; `InvalidValue` that names `amount`.
    func event(_ form: SimulatedEventForm.Checked) async throws -> SimulatedEvent {
        let amount: Int64
        let currency: Currency
        if let typed = form.amount, let typedCurrency = form.currency {
            currency = typedCurrency
            amount = try SimulatedEventForm.minorUnits(typed, currency)
        } else {
            let order = try await order(form.order)
            currency = form.currency ?? order.currency
            amount = try form.amount.map { try SimulatedEventForm.minorUnits($0, currency) } ?? order.amount
        }
        return SimulatedEvent(id: form.id, order: form.order, status: form.status, amount: amount, currency: currency)
    }

    /// Sends the event that many times at once, with a bound on how many are under way together.
    ///
    /// - Returns: Each distinct reply with its count, by status and word.
    func send(_ event: SimulatedEvent, times: Int, at now: Timestamp) async -> [Count] {
        let headers = event.headers(secret: secret, at: now)
        let body = event.body
        let counts = await withTaskGroup(of: Reply.self) { group in
            var counts: [Reply: Int] = [:]
            for number in 0..<times {
                if number >= APIConnection.maximumParallel, let reply = await group.next() {
                    counts[reply, default: 0] += 1
                }
                group.addTask { await post(headers, body) }
            }
            for await reply in group { counts[reply, default: 0] += 1 }
            return counts
        }
        return counts.map { Count(reply: $0.key, times: $0.value) }.sorted { $0.reply.rank < $1.reply.rank }
    }

    private func post(_ headers: [(String, String)], _ body: [UInt8]) async -> Reply {
        do throws(APIConnection.Silence) {
            let answer = try await api.post("/api/payments/webhook", headers: headers, body: body)
            let said = answer.document(Said.self)
            return .answer(status: answer.status, word: said?.result ?? said?.code, detail: said?.detail)
        } catch {
            return .silence(error.reason)
        }
    }

    private struct Said: Decodable {
        let result: String?
        let code: String?
        let detail: String?
    }

    private struct OrderDocument: Decodable {
        let amount: Int64
        let currency: String
    }

    private func order(_ id: OrderID) async throws(CommandFailure) -> (amount: Int64, currency: Currency) {
        let answer: APIConnection.Answer
        do throws(APIConnection.Silence) {
            answer = try await api.get("/api/orders/\(id)")
        } catch {
            throw .refused(
                """
                The API at \(api.address) does not answer: \(error.reason)
                Is it running? Name another one with --url, or the data folder of flashsale dev with --data.
                """
            )
        }
        if answer.status == 404 {
            throw .refused(
                """
                There is no order \(id), so its amount is not known.
                For an event that comes before its order, give both: --amount 99.99 --currency USD
                """
            )
        }
        guard answer.isSuccess, let document = answer.document(OrderDocument.self),
            let currency = Currency(document.currency)
        else {
            throw .refused("The API at \(api.address) did not show order \(id): it answered \(answer.status).")
        }
        return (document.amount, currency)
    }
}

extension PaymentSimulation.Reply {
    /// By status and word; no answer comes last.
    fileprivate var rank: (Int, String, String) {
        switch self {
        case .answer(let status, let word, let detail): (status, word ?? "", detail ?? "")
        case .silence(let reason): (.max, reason, "")
        }
    }
}
