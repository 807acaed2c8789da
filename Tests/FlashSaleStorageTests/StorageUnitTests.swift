import FlashSale
import Foundation
import Synchronization
import Testing

@testable import FlashSaleStorage

/// The folder of this file is …/Tests/FlashSaleStorageTests.
private let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Sources/FlashSaleStorage")

@Suite("Migrations")
struct MigrationTests {
    @Test("The list is the folder, complete and in order")
    func list() throws {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: sources.appendingPathComponent("Migrations").path
        )
        let names = Migration.all.map { migration in
            let version = String(migration.version)
            return "V" + String(repeating: "0", count: 4 - version.count) + version + "__\(migration.name).sql"
        }
        #expect(names == files.sorted())
        #expect(Migration.all.map(\.version) == Array(1...Migration.all.count))
    }

    @Test("The text is the file's, and the checksum changes with it")
    func text() throws {
        for migration in Migration.all {
            let number = String("000\(migration.version)".suffix(4))
            let name = "Migrations/V\(number)__\(migration.name).sql"
            let file = try String(contentsOf: sources.appendingPathComponent(name), encoding: .utf8)
            #expect(migration.sql == file)
            #expect(migration.checksum.count == 64)
        }
        let one = Migration(version: 1, name: "a", sql: "SELECT 1")
        let two = Migration(version: 1, name: "a", sql: "SELECT 2")
        #expect(one.checksum != two.checksum)
    }

    @Test("Every step can be run again after an interruption")
    func rerunnable() {
        for migration in Migration.all {
            #expect(!migration.tables.isEmpty)
            #expect(migration.sql.matches(of: /CREATE TABLE/).count == migration.tables.count)
            let additions = migration.sql.matches(of: /ADD (COLUMN|KEY|UNIQUE KEY) (IF NOT EXISTS)?/)
            #expect(additions.allSatisfy { $0.2 != nil }, "V\(migration.version)")
        }
    }
}

@Suite("Scripts")
struct ScriptTests {
    @Test("Each script's header states its keys, arguments and result")
    func headers() throws {
        let folder = sources.appendingPathComponent("Scripts")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { !["sale.lua", "worker.lua", "pace.lua", "draw.lua"].contains($0) }
        #expect(files.count == 18)
        for file in files {
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            let header = text.split(separator: "\n").prefix { $0.hasPrefix("--") }.joined(separator: "\n")
            for word in ["KEYS:", "ARGV:", "Result:"] { #expect(header.contains(word), "\(file) lacks \(word)") }
            // The API and the worker must never depend on what else is in Redis.
            for word in ["FLUSH", "'KEYS'", "'SCAN'"] { #expect(!text.contains(word), "\(file)") }
        }
    }
}

@Suite("Entry codec")
struct EntryCodecTests {
    @Test("An entry reads back, with its verdict", arguments: ["live", "expired", "left"])
    func entry(_ verdict: String) throws {
        let entry = try EntryCodec.claimed(Array("\(verdict) 1:1042:3:a.b_c@d+e-9".utf8)).get()
        #expect(entry.ticket.rawValue == 1_042)
        #expect(entry.quantity == 3)
        #expect(entry.user.rawValue == "a.b_c@d+e-9")
        #expect(entry.cart.rawValue == verdict)
        #expect(EntryCodec.entry(entry) == "1:1042:3:a.b_c@d+e-9")
    }

    @Test(
        "What is no entry keeps its bytes",
        arguments: [
            "unreadable 1:1", "live 2:1:1:a", "live 1:1:0:a", "live 1:0:1:a", "live 1:1:1:a b", "live ", "x", "",
        ]
    )
    func unreadable(_ element: String) {
        guard case .failure(let unreadable) = EntryCodec.claimed(Array(element.utf8)) else {
            Issue.record("read \(element)")
            return
        }
        #expect(Array(element.utf8).suffix(unreadable.raw.count) == unreadable.raw[...])
    }

    @Test("An outcome names the ticket, the quantity, the status and the order")
    func outcome() throws {
        let ticket = try #require(Ticket(9))
        let user = try UserID("ann")
        let bought = Decision(ticket: ticket, user: user, quantity: 2, status: .completed, order: ticket)
        #expect(EntryCodec.outcome(bought) == "1:9:2:completed:9")
        let refused = Decision(ticket: ticket, user: user, quantity: 2, status: .soldOut)
        #expect(EntryCodec.outcome(refused) == "1:9:2:sold_out:0")
    }
}

@Suite("Single flight")
struct SingleFlightTests {
    @Test("Callers that come while work is under way share it; the next one starts anew")
    func shares() async throws {
        let flights = SingleFlight<Int, Int>()
        let runs = Tally()
        let (gate, opening) = AsyncStream<Void>.makeStream()
        let (started, start) = AsyncStream<Void>.makeStream()
        async let first = flights.run(7) {
            start.finish()
            for await _ in gate {}
            return runs.next()
        }
        for await _ in started {}
        // An immediate task runs to its first suspension at once: all are in the flight before the gate opens.
        let others = (0..<100).map { _ in Task.immediate { try await flights.run(7) { runs.next() } } }
        opening.finish()
        #expect(try await first == 1)
        for other in others { #expect(try await other.value == 1) }
        #expect(try await flights.run(7) { runs.next() } == 2)
        #expect(try await flights.run(8) { runs.next() } == 3)
    }

    @Test("A caller that goes away takes nobody's result with it")
    func cancellation() async throws {
        let flights = SingleFlight<Int, Int>()
        let (gate, opening) = AsyncStream<Void>.makeStream()
        let (started, start) = AsyncStream<Void>.makeStream()
        let first = Task {
            try await flights.run(1) {
                start.finish()
                for await _ in gate {}
                return 42
            }
        }
        for await _ in started {}
        let second = Task.immediate { try await flights.run(1) { -1 } }
        first.cancel()
        opening.finish()
        #expect(try await second.value == 42)
    }
}

/// Counts from 1.
private final class Tally: Sendable {
    private let state = Mutex(0)

    func next() -> Int {
        state.withLock { count in
            count += 1
            return count
        }
    }
}
