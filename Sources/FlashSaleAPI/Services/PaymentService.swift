import FlashSale
import NIOCore

/// What is reported of payments.
///
/// Each event is verified, admitted, recorded and counted here, and its refusal becomes a ``Problem``.
struct PaymentService: Sendable {
    let desk: any OrderDesk
    let verification: PaymentVerification
    let gate: RequestGate
    let metrics: OrderMetrics
    let now: @Sendable () -> Timestamp

    /// What became of an event.
    struct Receipt: Hashable, Sendable {
        var event: PaymentEvent
        var result: PaymentResult
    }

    /// Takes in an event that a provider reports: nothing of it is looked at before its signature is known to be right.
    ///
    /// - Parameters:
    ///   - headers: What the request says of its signature.
    ///   - body: Reads the request's body.
    /// - Throws: ``Problem``, what `body` throws, or the store's error.
    func receive(_ headers: WebhookHeaders, body: () async throws -> [UInt8]) async throws -> Receipt {
        let event: PaymentEvent
        do {
            let body = try await body()
            try verify(headers, body)
            event = try PaymentBody(body).event
        } catch let problem as Problem {
            metrics.countPaymentEvent(problem.code == .badSignature ? .badSignature : .invalid)
            throw problem
        }
        switch try await record(event) {
        case .recorded(let result): return Receipt(event: event, result: result)
        case .wrongAmount(let expected, let currency): throw Problem.wrongAmount(expected: expected, currency: currency)
        case .otherEventOfThisID: throw Problem.eventConflict
        case .unknownProduct:
            throw Problem.invalidFields([
                InvalidValue(
                    field: "order_id",
                    problem: "names a product that does not exist",
                    remedy: "Send the order_id of the order, PRODUCT-TICKET"
                )
            ])
        }
    }

    /// Pays an order, or fails to, as the payment provider of a real shop would report it: by an event, with the same effects.
    ///
    /// - Throws: ``Problem``: `overloaded`; or the store's error.
    func simulate(_ status: PaymentEvent.Status, of order: Order) async throws {
        let body = JSONWriter.object { json in
            // The same click twice is the same event.
            json.member("event_id", "simulated-\(order.id)-\(status.rawValue)")
            json.member("order_id", order.id.description)
            json.member("status", status.rawValue)
            json.member("amount", order.amount)
            json.member("currency", order.unitPrice.currency.code)
        }
        _ = try await record(try PaymentBody(Array(body.readableBytesView)).event)
    }

    private func record(_ event: PaymentEvent) async throws -> PaymentAnswer {
        do {
            let answer = try await gate.admit { try await desk.record(event) }
            metrics.countPaymentEvent(OrderMetrics.PaymentEventResult(answer))
            return answer
        } catch {
            metrics.countPaymentEvent(error.isOverload ? .overloaded : .unavailable)
            throw error
        }
    }

    private func verify(_ headers: WebhookHeaders, _ body: [UInt8]) throws(Problem) {
        guard case .signed(let verifier) = verification else { return }
        do { try verifier.verify(headers, body: body, now: now()) } catch { throw Problem(refusal: error) }
    }
}
