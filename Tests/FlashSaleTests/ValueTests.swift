import FlashSale
import Testing

@Suite("Values")
struct ValueTests {
    @Test("Ids that only look different are the same user", arguments: ["Alice", "ALICE", "alice", "aLiCe"])
    func userCase(_ text: String) throws {
        #expect(try UserID(text) == UserID("alice"))
    }

    @Test(
        "Ids that could hide a second place are refused",
        arguments: [
            "", " ", "alice ", " alice", "al ice", "alice\n", "alice\u{0}", "аlice", "alicе", "alice\u{200B}", "a:b",
            "a{1}",
            "a/b", "a%40b", "☃", String(repeating: "a", count: 65), "a\r\nb", "a,b", "a*", "\u{FF41}lice",
        ]
    )
    func userRefused(_ text: String) {
        let error = #expect(throws: InvalidValue.self) { try UserID(text) }
        #expect(error?.field == "user_id")
        #expect(error?.remedy.isEmpty == false)
    }

    @Test("Every allowed character is allowed, at the longest length too")
    func userAllowed() throws {
        #expect(try UserID("A.b_c@d+e-9").rawValue == "a.b_c@d+e-9")
        #expect(try UserID(String(repeating: "a", count: 64)).rawValue.count == 64)
    }

    @Test(
        "Numbers have one spelling",
        arguments: [
            "", "0", "01", "+1", "-1", "1.0", "1e3", " 1", "1 ", "９", "0x1", "9007199254740992", "99999999999999999999",
        ]
    )
    func numberRefused(_ text: String) {
        #expect(ProductID(text: text) == nil)
        #expect(Ticket(text: text) == nil)
    }

    @Test("The largest id and ticket survive")
    func largest() {
        #expect(ProductID(text: "9007199254740991")?.rawValue == ProductID.maximum)
        #expect(Ticket(9_007_199_254_740_992) == nil)
        #expect(Ticket(0) == nil)
    }

    @Test("An order id reads back what it writes, and nothing else")
    func orderID() throws {
        let id = try #require(OrderID(text: "7-1042"))
        #expect(id.product.rawValue == 7)
        #expect(id.ticket.rawValue == 1_042)
        #expect(id.description == "7-1042")
        for wrong in ["7", "7-", "-7", "7-1-2", "7--1", "07-1", "7-01", "a-b", "7–1"] {
            #expect(OrderID(text: wrong) == nil)
        }
    }

    @Test(
        "Money is typed as people type it",
        arguments: [
            ("99.99", "USD", 9_999), ("0.01", "EUR", 1), ("100", "USD", 10_000), ("100", "JPY", 100),
            ("1.234", "KWD", 1_234),
            ("0", "USD", 0), ("0.00", "USD", 0),
        ] as [(String, String, Int64)]
    )
    func money(_ text: String, _ code: String, _ minorUnits: Int64) throws {
        let currency = try #require(Currency(code))
        #expect(try Money(text: text, currency: currency).minorUnits == minorUnits)
    }

    @Test(
        "Money that is not an amount is refused",
        arguments: [
            "", ".", "99.", ".99", "99.9", "99.999", "-1", "+1", "1e2", "1,00", "99.99 ", "ten", "１",
            "99999999999999.00",
        ]
    )
    func moneyRefused(_ text: String) throws {
        let currency = try #require(Currency("USD"))
        let error = #expect(throws: InvalidValue.self) { try Money(text: text, currency: currency) }
        #expect(error?.field == "price")
    }

    @Test("Money is shown with the currency's decimals")
    func moneyShown() throws {
        let shown = [("USD", 9_999), ("USD", 5), ("JPY", 100), ("KWD", 1_234)].compactMap { code, units in
            Currency(code).flatMap { Money(minorUnits: Int64(units), currency: $0)?.description }
        }
        #expect(shown == ["99.99 USD", "0.05 USD", "100 JPY", "1.234 KWD"])
        for wrong in ["usd", "DOLLAR", "UDS", "XAU", "", "U$D", "\u{212A}RW"] { #expect(Currency(wrong) == nil) }
    }

    @Test(
        "Times are read and written in RFC 3339",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000Z"),
            ("2026-12-01T10:00:00Z", 1_796_119_200_000_000, "2026-12-01T10:00:00.000Z"),
            ("2026-12-01T12:30:00.25+02:30", 1_796_119_200_250_000, "2026-12-01T10:00:00.250Z"),
            ("2024-02-29T23:59:59.999999Z", 1_709_251_199_999_999, "2024-02-29T23:59:59.999Z"),
            ("1969-12-31T23:59:59.999Z", -1_000, "1969-12-31T23:59:59.999Z"),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000_000, "9999-12-31T23:59:59.000Z"),
        ] as [(String, Int64, String)]
    )
    func time(_ text: String, _ microseconds: Int64, _ written: String) throws {
        let time = try #require(Timestamp(rfc3339: text))
        #expect(time.microseconds == microseconds)
        #expect(time.description == written)
    }

    @Test(
        "Times that are none are refused",
        arguments: [
            "", "2026-12-01", "2026-12-01 10:00:00Z", "2026-12-01T10:00:00", "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-12-01T24:00:00Z", "2026-12-01T10:60:00Z", "2026-12-01T10:00:00.Z", "2026-12-01T10:00:00+2",
            "tomorrow",
            "2026-12-01T10:00:00Zx", "+2026-12-01T10:00:00Z",
        ]
    )
    func timeRefused(_ text: String) { #expect(Timestamp(rfc3339: text) == nil) }
}

@Suite("Products")
struct ProductTests {
    private let price = Currency("USD").flatMap { Money(minorUnits: 9_999, currency: $0) }

    @Test("A product says what it is at each moment")
    func saleState() throws {
        let new = try product()
        var product = new
        product.opensAt = Timestamp(microseconds: 100)
        product.closesAt = Timestamp(microseconds: 200)
        #expect(product.saleState(at: Timestamp(microseconds: 99)) == .upcoming)
        #expect(product.saleState(at: Timestamp(microseconds: 100)) == .open)
        #expect(product.saleState(at: Timestamp(microseconds: 200)) == .closed)
        product.isPaused = true
        #expect(product.saleState(at: Timestamp(microseconds: 150)) == .paused)
        product.soldOutAfter = 7
        #expect(product.saleState(at: Timestamp(microseconds: 150)) == .soldOut)
    }

    @Test("A product that is created is checked field by field")
    func newProduct() throws {
        let price = try #require(price)
        func field(_ make: () throws -> NewProduct) -> String? {
            do { _ = try make() } catch let error as InvalidValue { return error.field } catch { return "\(error)" }
            return nil
        }
        #expect(field { try NewProduct(name: "Shoe", price: price, stock: 1) } == nil)
        #expect(field { try NewProduct(name: "  ", price: price, stock: 1) } == "name")
        #expect(field { try NewProduct(name: "a\u{7}b", price: price, stock: 1) } == "name")
        #expect(field { try NewProduct(name: String(repeating: "x", count: 201), price: price, stock: 1) } == "name")
        #expect(field { try NewProduct(name: "Shoe", price: price, stock: 0) } == "stock")
        #expect(field { try NewProduct(name: "Shoe", price: price, stock: -5) } == "stock")
        let times = (Timestamp(microseconds: 5), Timestamp(microseconds: 5))
        #expect(
            field { try NewProduct(name: "S", price: price, stock: 1, opensAt: times.0, closesAt: times.1) }
                == "closes_at"
        )
        let limits: [(String, Product.Limits)] = [
            ("max_per_user", Product.Limits(maxPerUser: 0)), ("max_queue", Product.Limits(maxQueue: 0)),
            ("cart_seconds", Product.Limits(cartSeconds: 0)), ("hold_seconds", Product.Limits(holdSeconds: 0)),
            ("payment_seconds", Product.Limits(paymentSeconds: 0)),
        ]
        for (name, limits) in limits {
            #expect(field { try NewProduct(name: "S", price: price, stock: 1, limits: limits) } == name)
        }
    }

    private func product() throws -> Product {
        Product(
            id: try #require(ProductID(1)),
            name: "Shoe",
            price: try #require(price),
            totalStock: 1,
            availableStock: 1,
            checkout: .instant,
            isPaused: false,
            opensAt: nil,
            closesAt: nil,
            limits: Product.Limits(),
            soldOutAfter: nil,
            version: 1,
            nonce: nil
        )
    }
}
