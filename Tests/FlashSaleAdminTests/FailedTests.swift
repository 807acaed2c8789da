import ArgumentParser
import FlashSale
import FlashSaleStorage
import Foundation
import Testing

@testable import FlashSaleAdmin

@Suite("Failed work: what is typed and printed")
struct FailedTests {
    private func letter(_ id: Int64 = 12, _ raw: String = "1:3:2:ada") throws -> DeadLetter {
        DeadLetter(
            id: id,
            product: try #require(ProductID(7)),
            batch: 40,
            raw: Array(raw.utf8),
            reason: "Out of range",
            attempts: 3,
            createdAt: Sample.now
        )
    }

    @Test("A letter's entry is read from its bytes, where it has the form of this version")
    func entry() throws {
        let entry = try #require(try letter().entry)
        #expect(entry.ticket.rawValue == 3 && entry.user.rawValue == "ada" && entry.quantity == 2)
        for raw in ["", "1:3:2:", "2:3:2:ada", "1:0:2:ada", "1:3:0:ada", "1:3:2:a b", "live 1:3:2:ada", "1:3:2"] {
            #expect(try letter(1, raw).entry == nil, "\(raw)")
        }
    }

    @Test("A letter's document has every field, null where the bytes say nothing")
    func json() throws {
        let letters = [try letter(), try letter(13, "\u{1B}[2J")]
        let document = try Sample.object(FailedListCommand.json(letters, limit: 2))
        let fields = try #require(document["dead_letters"] as? [[String: Any]])
        #expect(
            Set(fields[0].keys) == [
                "id", "product_id", "ticket", "user_id", "quantity", "reason", "attempts", "batch", "created_at", "raw",
                "raw_hex",
            ]
        )
        #expect(fields[0]["user_id"] as? String == "ada" && fields[0]["ticket"] as? Int == 3)
        #expect(fields[1]["user_id"] is NSNull && fields[1]["raw_hex"] as? String == "1b5b324a")
        #expect(document["next"] as? Int == 13)
        #expect(try Sample.object(FailedListCommand.json(letters, limit: 3))["next"] is NSNull)
    }

    @Test("Lists say how to go on, and letters what can be done about them")
    func text() throws {
        let list = try FailedListCommand.text([letter(), letter(13, "\u{1B}[2J")], limit: 2)
        #expect(list.contains("12        7       3  ada       2      3") && list.hasSuffix("--after 13"), "\(list)")
        #expect(FailedListCommand.text([], limit: 2) == "There are no dead letters.")
        let readable = try letter().facts(command: "flashsale")
        #expect(readable.contains("Entry        ticket 3, 2 units, user ada"), "\(readable)")
        #expect(readable.contains("  flashsale failed retry 12\n") && readable.contains("failed flush 12 --yes"))
        let unreadable = try letter(13, "\u{1B}[2J").facts(command: "flashsale")
        #expect(unreadable.contains("00000000  1b 5b 32 4a") && unreadable.contains("|.[2J|"), "\(unreadable)")
        #expect(!unreadable.contains("failed retry") && unreadable.contains("failed flush 13 --yes"))
        #expect(!unreadable.contains("\u{1B}"))
    }

    @Test("Bytes are shown in lines of sixteen, a long value in part")
    func hexDump() {
        #expect(HexDump([]).text == "(no bytes)")
        let lines = HexDump(Array(0x41...0x51)).text.split(separator: "\n")
        #expect(lines.map(\.count) == [77, 62])
        #expect(lines[0].hasSuffix("  |ABCDEFGHIJKLMNOP|") && lines[1].hasPrefix("00000010  51  "))
        let long = HexDump(Array(repeating: 0, count: HexDump.maximumLength + 1)).text
        #expect(long.split(separator: "\n").count == HexDump.maximumLength / 16 + 1)
        #expect(long.hasSuffix("… and 1 byte more: --json has all of them"))
    }

    @Test("Letters are chosen by number, each once, or all of them, of one product if asked")
    func selection() throws {
        let some = try parse(FailedRetryCommand.self, "failed", "retry", "13", "12", "13").selection
        #expect(try some.checked() == .numbers([12, 13]))
        let all = try parse(FailedFlushCommand.self, "failed", "flush", "--all", "--product", "7", "--yes")
        #expect(try all.selection.checked() == .all(of: ProductID(7)))
        #expect(all.yes)
        for text in ["0", "+1", "x", "1.5", "9223372036854775808"] {
            #expect(throws: InvalidValue.self, "\(text)") { try DeadLetterNumber(typed: text, field: "letter") }
        }
    }

    @Test("Every answer to a retry is told; what is left makes the command fail, and a store that goes away ends it")
    func retry() async throws {
        struct Away: Error {}
        let ticket = try #require(Ticket(9))
        let answers: [Int64: RetryAnswer] = [
            1: .joined(ticket), 2: .alreadyInLine(ticket), 3: .decided(.pending), 4: .refused(.soldOut),
            5: .notAcknowledged, 6: .unreadable,
        ]
        let result = await RetryResult.retrying(Array(1...9)) { number in
            if number == 8 { throw Away() }
            return answers[number]
        }
        #expect(result.problem is Away)
        let text = result.text()
        for line in ["1  retried", "2  retried", "3  retried", "4  kept", "5  kept", "6  kept", "7  kept"] {
            #expect(text.contains("     " + line), "\(text)")
        }
        #expect(text.contains("with ticket 9") && text.contains("sold out") && text.contains("no such dead letter"))
        let document = try Sample.object(result.json)
        #expect(document["retried"] as? Int == 3 && document["kept"] as? Int == 4)
        let codes = (document["dead_letters"] as? [[String: Any]])?.map { $0["answer"] as? String }
        #expect(
            codes == ["joined", "already_in_line", "pending", "refused", "not_acknowledged", "unreadable", "unknown"]
        )
        #expect(result.failure?.exitCode == 1)
        let done = await RetryResult.retrying([1]) { answers[$0] }
        #expect(done.failure == nil && done.problem == nil)
        let none = await RetryResult.retrying([]) { answers[$0] }
        #expect(none.text() == "There is no dead letter to retry." && none.failure == nil)
    }

    @Test("Values that cannot be are refused before any store is asked")
    func refusedFirst() async throws {
        for line in [
            ["failed", "list", "x"], ["failed", "list", "--after", "x"], ["failed", "list", "--limit", "0"],
            ["failed", "show", "x"], ["failed", "retry", "x"], ["failed", "flush", "--all", "--product", "x", "--yes"],
            ["queue", "monitor", "x"], ["queue", "monitor", "--interval", "1"], ["queue", "monitor", "--frames", "0"],
            ["worker", "--max-time", "10"], ["worker", "--max-time", "25h"],
        ] {
            #expect(await FlashSaleCommand.execute(line + ["--data", "/nowhere"]) == 1, "\(line)")
        }
    }
}
