import FlashSale
import Foundation
import Testing

@testable import FlashSaleAdmin
@testable import FlashSaleStorage

@Suite("Output")
struct OutputTests {
    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    private func object(_ output: JSONOutput) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(output.rendered.utf8)) as? [String: Any])
    }

    @Test("A product's document has every field, null where there is nothing, and nothing internal")
    func productJSON() throws {
        let fields = try object(Sample.product().json(at: now))
        #expect(
            Set(fields.keys) == [
                "id", "name", "price", "total_stock", "available_stock", "checkout", "access",
                "draw_at", "beacon_chain", "beacon_round", "sale_state", "stock_state",
                "paused", "opens_at",
                "closes_at", "max_per_user", "max_queue", "cart_seconds", "hold_seconds", "payment_seconds",
                "sold_out_after", "version",
            ]
        )
        #expect(fields["id"] as? Int == 7)
        #expect(fields["name"] as? String == "Lamp \"A\"")
        #expect((fields["price"] as? [String: Any])?["amount"] as? Int == 9_999)
        #expect(fields["opens_at"] is NSNull)
        #expect(fields["closes_at"] as? String == "2030-03-17T17:46:40.000Z")
        #expect(fields["sale_state"] as? String == "open")
    }

    @Test("Lists are documents as well, and say so in words when they are empty")
    func productList() throws {
        let list = try object(ProductListCommand.json([Sample.product()], at: now))
        #expect((list["products"] as? [Any])?.count == 1)
        #expect(try object(ProductListCommand.json([], at: now))["products"] as? [String] == [])
        #expect(ProductListCommand.text([], at: now).contains("flashsale product create"))
        let paused = try Sample.product { $0.isPaused = true }
        #expect(ProductListCommand.text([paused], at: now).contains("9.99 USD         37    100  paused  instant"))
    }

    @Test("A line's document counts outcomes by their name")
    func queueJSON() throws {
        let report = QueueReport(
            product: try Sample.product { $0.soldOutAfter = 5 },
            waiting: 3,
            processing: 2,
            lastTicket: 12,
            servedTicket: nil,
            outcomes: [("completed", 4), ("sold_out", 1)],
            worker: nil,
            deadLetters: 0
        )
        let fields = try object(report.json(at: now))
        #expect(
            Set(fields.keys) == [
                "product_id", "name", "sale_state", "waiting", "processing", "last_ticket", "served_ticket", "outcomes",
                "total_stock", "available_stock", "worker", "dead_letters",
            ]
        )
        #expect(fields["outcomes"] as? [String: Int] == ["completed": 4, "sold_out": 1])
        #expect(fields["sale_state"] as? String == "sold_out")
        #expect(fields["served_ticket"] is NSNull && fields["worker"] is NSNull)
        let text = report.text(at: now, inColor: false)
        #expect(text.contains("Waiting        3\nProcessing     2\nLast ticket    12\n"))
        #expect(text.contains("Served ticket  unknown: Redis does not have the line"))
        #expect(text.hasSuffix("OUTCOME    TICKETS\ncompleted        4\nsold_out         1"))
    }

    @Test("Migrations that were applied are listed, or the database is up to date")
    func migrations() throws {
        #expect(MigrateCommand.text([]) == "The database is up to date.")
        #expect(MigrateCommand.text(Array(Migration.all.prefix(1))) == "Applied V1 create_products")
        let applied = try object(MigrateCommand.json(Array(Migration.all.prefix(2))))["applied"] as? [[String: Any]]
        #expect(applied?.map { $0["version"] as? Int } == [1, 2])
    }

    @Test("Any text survives JSON, with control characters escaped")
    func escaping() throws {
        let text = "quote \" back \\ line \n tab \t nul \u{0} del \u{7F} escape \u{1B} e\u{301} 👟 /"
        let rendered = JSONOutput.array([.string(text)]).rendered
        #expect(rendered.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control || $0 == "\n" })
        #expect(try JSONSerialization.jsonObject(with: Data(rendered.utf8)) as? [String] == [text])
    }

    @Test("Fields keep their order, and empty collections stay on their line")
    func rendering() {
        let document: JSONOutput = ["b": .integer(1), "a": ["c": [], "d": .object([]), "e": .null, "f": .bool(true)]]
        #expect(
            document.rendered == """
                {
                  "b": 1,
                  "a": {
                    "c": [],
                    "d": {},
                    "e": null,
                    "f": true
                  }
                }
                """
        )
    }

    @Test("Colour is for terminals that know it and people who want it")
    func color() {
        #expect(Console.usesColor(isTerminal: true, environment: [:]))
        #expect(Console.usesColor(isTerminal: true, environment: ["NO_COLOR": "", "TERM": "xterm"]))
        #expect(!Console.usesColor(isTerminal: false, environment: [:]))
        #expect(!Console.usesColor(isTerminal: true, environment: ["NO_COLOR": "1"]))
        #expect(!Console.usesColor(isTerminal: true, environment: ["TERM": "dumb"]))
    }

    @Test("Commands to copy survive a shell")
    func shellWords() {
        #expect("\(ShellWord("/tmp/a-b_c.sock"))" == "/tmp/a-b_c.sock")
        #expect("\(ShellWord("it's here"))" == #"'it'\''s here'"#)
        #expect("\(ShellWord(""))" == "''")
        #expect(APIExamples.url(host: "0.0.0.0", port: 80) == "http://127.0.0.1:80")
        #expect(APIExamples.url(host: "::1", port: 80) == "http://[::1]:80")
    }
}
