import FlashSale
import Testing

@testable import FlashSaleAdmin

@Suite("New product, as typed")
struct NewProductFormTests {
    private func problems(_ change: (inout NewProductForm) -> Void) -> [String] {
        var form = NewProductForm(name: "Lamp", price: "99.99", stock: "5")
        change(&form)
        do throws(InvalidValues) {
            _ = try form.product()
            return []
        } catch {
            return error.values.map(\.field)
        }
    }

    @Test("Everything that is wrong is reported at once, each with field, problem and remedy")
    func everything() throws {
        let form = NewProductForm(
            name: " ",
            price: "9.9",
            stock: "0",
            checkout: "barter",
            opensAt: "tomorrow",
            closesAt: "2026-02-30T00:00:00Z",
            maxPerUser: "0",
            maxQueue: "many",
            cartSeconds: "86401",
            holdSeconds: "-1",
            paymentSeconds: "1.5"
        )
        let error = try #require(throws: InvalidValues.self) { try form.product() }
        #expect(
            Set(error.values.map(\.field)) == [
                "name", "price", "stock", "checkout", "opens_at", "closes_at", "max_per_user", "max_queue",
                "cart_seconds", "hold_seconds", "payment_seconds",
            ]
        )
        #expect(error.values.allSatisfy { !$0.problem.isEmpty && !$0.remedy.isEmpty })
        #expect(error.description.hasPrefix("11 values are not allowed:\n  name is blank. "))
    }

    @Test(
        "Whole numbers are written with digits alone",
        arguments: ["", " 5", "5 ", "+5", "5.0", "5e0", "0x5", "five", "9223372036854775808"]
    )
    func numbers(text: String) {
        #expect(problems { $0.stock = text } == ["stock"])
        #expect(problems { $0.maxQueue = text } == ["max_queue"])
    }

    @Test("Money is written as people write it, by the rules of its currency")
    func money() throws {
        #expect(problems { $0.price = "100" } == [])
        #expect(problems { $0.price = "99,99" } == ["price"])
        #expect(problems { $0.price = "-1" } == ["price"])
        #expect(problems { $0.currency = "usd" } == [])
        #expect(problems { $0.currency = "US" } == ["currency"])
        #expect(problems { $0.currency = "JPY" } == ["price"])
    }

    @Test("A sale that closes before it opens is refused, though both times are right")
    func times() {
        let problems = problems {
            $0.opensAt = "2026-12-02T00:00:00Z"
            $0.closesAt = "2026-12-01T00:00:00+01:00"
        }
        #expect(problems == ["closes_at"])
    }

    @Test("Every checkout can be sold with, by its own word", arguments: Checkout.allCases)
    func checkout(_ checkout: Checkout) throws {
        var form = NewProductForm(name: "Lamp", price: "99.99", stock: "5")
        form.checkout = checkout.rawValue
        #expect(try form.product().checkout == checkout)
        let error = try #require(throws: InvalidValue.self) { try Checkout(typed: checkout.rawValue.uppercased()) }
        #expect(error.field == "checkout")
        #expect(error.remedy == "Choose instant, payment, hold")
    }

    @Test("A draw needs its time, and its beacon a chain, a round and a draw; everything wrong is said at once")
    func draw() throws {
        var form = NewProductForm(name: "Lamp", price: "99.99", stock: "5")
        form.access = "draw"
        form.drawAt = "2026-12-01T18:00:00Z"
        let drawAt = try #require(Timestamp(rfc3339: "2026-12-01T18:00:00Z"))
        #expect(try form.product().access == .draw(DrawTerms(drawAt: drawAt)))
        form.beaconChain = "quicknet"
        let round = DrawBeacon.firstRound(of: .quicknet, after: drawAt)
        form.beaconRound = "\(round)"
        #expect(try form.product().access.draw?.beacon == DrawBeacon(chain: .quicknet, round: round))
        let cases: [(fields: [String], change: (inout NewProductForm) -> Void)] = [
            (["access"], { ($0.access, $0.drawAt) = ("lottery", nil) }),
            (["draw_at"], { ($0.access, $0.drawAt) = ("draw", nil) }),
            (["draw_at"], { ($0.access, $0.drawAt) = ("fifo", "2026-12-01T18:00:00Z") }),
            (["draw_at"], { ($0.access, $0.drawAt) = ("draw", "tomorrow") }),
            (["beacon_chain"], { ($0.access, $0.drawAt, $0.beaconRound) = ("draw", "2026-12-01T18:00:00Z", "7") }),
            (["stock", "access"], { ($0.access, $0.stock) = ("lottery", "0") }),
        ]
        for (fields, change) in cases { #expect(problems(change) == fields, "\(fields)") }
        // Each is right by itself; how they go together is looked at last.
        let early = problems {
            ($0.access, $0.drawAt, $0.opensAt) = ("draw", "2026-12-01T18:00:00Z", "2026-12-01T18:00:00Z")
        }
        #expect(early == ["draw_at"])
        let past = problems {
            ($0.access, $0.drawAt, $0.beaconChain, $0.beaconRound) = ("draw", "2026-12-01T18:00:00Z", "quicknet", "7")
        }
        #expect(past == ["beacon_round"])
    }

    @Test("A product that cannot be is refused before any store is asked")
    func refusedFirst() async throws {
        let command = try parse(
            ProductCreateCommand.self,
            "product",
            "create",
            "--name",
            "n",
            "--stock",
            "0",
            "--price",
            "1",
            "--data",
            "/nowhere"
        )
        await #expect(throws: InvalidValues.self) { try await command.run() }
        let show = try parse(ProductShowCommand.self, "product", "show", "01", "--data", "/nowhere")
        await #expect(throws: InvalidValue.self) { try await show.run() }
    }
}
