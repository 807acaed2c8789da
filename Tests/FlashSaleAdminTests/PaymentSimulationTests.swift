import ArgumentParser
import Assembly
import FlashSale
import Foundation
import NIOConcurrencyHelpers
import NIOHTTP1
import Testing

@testable import FlashSaleAdmin

@Suite("Simulated payments", .timeLimit(.minutes(2)))
struct PaymentSimulationTests {
    private static let order = #"{"order_id":"7-1042","amount":19998,"currency":"EUR","status":"pending"}"#
    private let now = Timestamp(milliseconds: 1_800_000_000_999)

    private func form(_ words: String...) throws -> SimulatedEventForm {
        let line = ["payment", "simulate", "--order", "7-1042"] + words
        return try #require(FlashSaleCommand.parseAsRoot(line) as? PaymentSimulateCommand).form
    }

    /// An API that knows one order and takes an event the first time it comes.
    private func withAPI<R>(
        _ answer: @escaping @Sendable (TinyHTTPServer.Request) -> TinyHTTPServer.Answer? = { _ in (200, "{}") },
        secret: WebhookSecret? = nil,
        _ body: (PaymentSimulation, TinyHTTPServer) async throws -> R
    ) async throws -> R {
        try await TinyHTTPServer.with(answer) { server in
            try await APIConnection.with(APIAddress(server.url)) { api in
                try await body(PaymentSimulation(api: api, secret: secret), server)
            }
        }
    }

    @Test("Amount and currency are the order's, unless they are typed")
    func orderAmount() async throws {
        try await withAPI { _ in
            (200, Self.order)
        } _: { simulation, server in
            let event = try await simulation.event(form("--paid", "--event-id", "evt_1").checked())
            #expect(event.amount == 19_998 && event.currency.code == "EUR" && event.status == .paid)
            #expect(event.id == "evt_1" && event.order.description == "7-1042")
            let other = try await simulation.event(form("--failed", "--amount", "1.00").checked())
            #expect(other.amount == 100 && other.currency.code == "EUR" && other.status == .failed)
            let dollars = try await simulation.event(form("--paid", "--currency", "usd").checked())
            #expect(dollars.amount == 19_998 && dollars.currency.code == "USD")
            #expect(
                server.requests.withLockedValue { $0.map(\.path) } == Array(repeating: "/api/orders/7-1042", count: 3)
            )
            let given = try await simulation.event(form("--paid", "--amount", "5", "--currency", "JPY").checked())
            #expect(given.amount == 5 && server.requests.withLockedValue(\.count) == 3)
            let yen = try form("--paid", "--amount", "1.234").checked()
            await #expect(throws: InvalidValue.self) { try await simulation.event(yen) }
        }
    }

    @Test(
        "An order that is not there, or that the API does not show, is told with what to do",
        arguments: [
            (404, "{}", "--amount 99.99 --currency USD"), (503, "{}", "answered 503"), (200, "[]", "answered 200"),
        ]
    )
    func noOrder(status: Int, body: String, words: String) async throws {
        try await withAPI { _ in
            (status, body)
        } _: { simulation, _ in
            let form = try form("--paid").checked()
            let failure = try await #require(throws: CommandFailure.self) { try await simulation.event(form) }
            #expect(failure.exitCode == 1)
            #expect(failure.description.contains(words), "\(failure)")
        }
    }

    @Test("The event is signed by Standard Webhooks, so that the API's own verifier accepts it")
    func signature() async throws {
        let secret = try WebhookSecret("a secret of some length")
        try await withAPI(secret: secret) { simulation, server in
            let event = try await simulation.event(form("--paid", "--amount", "5", "--currency", "JPY").checked())
            let counts = await simulation.send(event, times: 1, at: now)
            #expect(counts.map(\.reply.isSuccess) == [true])
            let request = try #require(server.requests.withLockedValue { $0.first })
            #expect(request.method == "POST" && request.path == "/api/payments/webhook")
            #expect(request.headers["content-type"] == ["application/json"])
            #expect(request.headers["webhook-id"] == [event.id])
            #expect(request.headers["webhook-timestamp"] == ["1800000000"])
            let signature = WebhookSignature.sign(
                id: event.id,
                timestamp: 1_800_000_000,
                body: request.body,
                with: secret
            )
            #expect(request.headers["webhook-signature"] == [signature])
            let fields = try #require(JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
            #expect(Set(fields.keys) == ["event_id", "order_id", "status", "amount", "currency"])
            #expect(fields["status"] as? String == "paid" && fields["amount"] as? Int == 5)
        }
    }

    @Test("Many at once are one event, unsigned where that is configured, and every distinct answer is counted")
    func counting() async throws {
        let taken = NIOLockedValueBox(0)
        try await withAPI { _ in
            let number = taken.withLockedValue { taken in
                taken += 1
                return taken
            }
            return switch number {
            case 1: (200, #"{"result":"processed"}"#)
            case 2: (503, #"{"code":"unavailable","detail":"Try again."}"#)
            default: (200, #"{"result":"duplicate"}"#)
            }
        } _: { simulation, server in
            let event = try await simulation.event(form("--paid", "--amount", "5", "--currency", "JPY").checked())
            let counts = await simulation.send(event, times: 250, at: now)
            #expect(
                counts == [
                    .init(reply: .answer(status: 200, word: "duplicate", detail: nil), times: 248),
                    .init(reply: .answer(status: 200, word: "processed", detail: nil), times: 1),
                    .init(reply: .answer(status: 503, word: "unavailable", detail: "Try again."), times: 1),
                ]
            )
            let requests = server.requests.withLockedValue { $0 }
            #expect(Set(requests.map(\.body)) == [event.body])
            #expect(requests.allSatisfy { !$0.headers.contains(name: "webhook-signature") })
        }
    }

    @Test("Redirects are not followed: a signed event goes nowhere but to the API")
    func redirects() async throws {
        try await withAPI { _ in
            (307, "{}")
        } _: { simulation, server in
            let event = try await simulation.event(form("--paid", "--amount", "5", "--currency", "JPY").checked())
            let counts = await simulation.send(event, times: 1, at: now)
            #expect(counts == [.init(reply: .answer(status: 307, word: nil, detail: nil), times: 1)])
            #expect(server.requests.withLockedValue(\.count) == 1)
        }
    }

    @Test("An API that hangs up or does not listen is no answer, in words without our source")
    func silence() async throws {
        let form = try form("--paid", "--amount", "5", "--currency", "JPY").checked()
        let url = try await withAPI { _ in
            nil
        } _: { simulation, server in
            let counts = await simulation.send(try await simulation.event(form), times: 3, at: now)
            #expect(counts == [.init(reply: .silence("Remote connection closed"), times: 3)])
            return server.url
        }
        // Its port is free now.
        try await APIConnection.with(APIAddress(url)) { api in
            let simulation = PaymentSimulation(api: api, secret: nil)
            let counts = await simulation.send(try await simulation.event(form), times: 2, at: now)
            #expect(counts == [.init(reply: .silence("Connection refused"), times: 2)])
            let lookup = try self.form("--paid").checked()
            let failure = try await #require(throws: CommandFailure.self) { try await simulation.event(lookup) }
            #expect(failure.description.hasPrefix("The API at \(url) does not answer: Connection refused\n"))
            #expect(failure.description.contains("--url"))
        }
    }

    @Test("Everything that is wrong with an event is reported at once")
    func wrongFields() throws {
        let form = SimulatedEventForm(
            order: "7",
            status: .paid,
            amount: "1,5",
            currency: "EUR",
            eventID: "a b",
            times: "1001"
        )
        let error = try #require(throws: InvalidValues.self) { try form.checked() }
        #expect(Set(error.values.map(\.field)) == ["order", "amount", "event-id", "times"])
        let currency = SimulatedEventForm(order: "7-1", status: .paid, amount: "1", currency: "money")
        #expect(throws: InvalidValues.self) { try currency.checked() }
        let plain = SimulatedEventForm(order: "7-1", status: .paid)
        #expect(try plain.checked().id.hasPrefix("evt_") && plain.checked().id != plain.checked().id)
    }

    @Test("What signs is the first secret; one that lacks is told, and none is needed where none is checked")
    func secrets() throws {
        func payments(_ environment: [String: String]) throws -> PaymentSettings {
            try Assembly.CommandConfiguration.load(ConfigurationSources(environment: environment, file: "")).payments
        }
        let two = ["FLASHSALE_PAYMENTS_SECRET": "first secret of two,second secret of two"]
        #expect(try PaymentSimulateCommand.secret(payments(two)) == WebhookSecret("first secret of two"))
        #expect(try PaymentSimulateCommand.secret(payments(["FLASHSALE_PAYMENTS_SIGNATURE": "none"])) == nil)
        let failure = try #require(throws: CommandFailure.self) { try PaymentSimulateCommand.secret(payments([:])) }
        #expect(failure.exitCode == 2)
        #expect(failure.description.contains("FLASHSALE_PAYMENTS_SECRET"))
    }

    @Test(
        "An address has a scheme and a host, and nothing after its path",
        arguments: [
            "127.0.0.1:8080", "ftp://a", "http://", "http://a?b", "http://a#b", "http://u:p@a", "", "http://a b",
        ]
    )
    func wrongAddresses(text: String) {
        #expect(throws: InvalidValue.self) { try APIAddress(text) }
    }

    @Test("A slash at an address's end is left out")
    func addresses() throws {
        #expect("\(try APIAddress("http://127.0.0.1:8080/"))" == "http://127.0.0.1:8080")
        #expect("\(try APIAddress("https://shop.example/sale//"))" == "https://shop.example/sale")
        #expect("\(try APIAddress("http://[::1]:80"))" == "http://[::1]:80")
    }
}

@Suite("Output of simulated payments")
struct SimulationOutputTests {
    private func output(_ counts: [PaymentSimulation.Count]) throws -> SimulationOutput {
        SimulationOutput(
            event: SimulatedEvent(
                id: "evt_1",
                order: try OrderID(typed: "7-1042", field: "order"),
                status: .paid,
                amount: 9_999,
                currency: try Currency(typed: "USD")
            ),
            isSigned: true,
            address: try APIAddress("http://127.0.0.1:8080"),
            counts: counts
        )
    }

    @Test("When all were taken, each distinct answer stands there with its count, and the command succeeds")
    func taken() throws {
        let output = try output([
            .init(reply: .answer(status: 200, word: "duplicate", detail: nil), times: 49),
            .init(reply: .answer(status: 200, word: "processed", detail: nil), times: 1),
        ])
        #expect(output.failure == nil)
        #expect(
            output.text(inColor: false) == """
                Sent event evt_1 50 times: paid, 99.99 USD, for order 7-1042, signed.

                ANSWER  RESULT     TIMES  DETAIL
                200     duplicate     49
                200     processed      1
                """
        )
    }

    @Test("When one was not taken, the command fails and says why")
    func refused() throws {
        let output = try output([
            .init(reply: .answer(status: 200, word: "processed", detail: nil), times: 1),
            .init(reply: .answer(status: 401, word: "bad_signature", detail: "No."), times: 1),
            .init(reply: .silence("Connection refused"), times: 2),
        ])
        let failure = try #require(output.failure)
        #expect(failure.exitCode == 1)
        #expect(failure.description.hasPrefix("The event was not taken 3 of 4 times.\n"))
        #expect(failure.description.contains("payments.secret"))
        #expect(output.text(inColor: false).contains("401     bad_signature      1  No.\nnone    -"))
        let fields = try #require(
            JSONSerialization.jsonObject(with: Data(output.json.rendered.utf8)) as? [String: Any]
        )
        let answers = try #require(fields["answers"] as? [[String: Any]])
        #expect(answers.map { $0["count"] as? Int } == [1, 1, 2])
        #expect(answers[0]["result"] as? String == "processed" && answers[1]["code"] as? String == "bad_signature")
        #expect(answers[2]["status"] is NSNull)
    }
}
