import FlashSale
import Foundation
import HTTPTypes
import MetricsTestKit
import NIOConcurrencyHelpers
import NIOCore
import TestSupport
import Testing

@testable import FlashSaleAPI

@Suite("Events")
struct EventTests {
    private static let path = "/api/products/1/queue/alice/events"

    private func open(_ port: Int, _ fields: String = "", user: String = "alice") async throws -> RawConnection {
        let connection = try await RawConnection.open(port: port)
        let path = "/api/products/1/queue/\(user)/events"
        connection.send(Array("GET \(path) HTTP/1.1\r\nHost: shop\r\n\(fields)\r\n".utf8))
        return connection
    }

    private func join(_ shop: Shop, _ user: String) async throws {
        _ = try await shop.line.join(JoinRequest(product: .first, user: try UserID(user), quantity: 1))
    }

    @Test("The standing is sent at once, again when the place moves up, and a last time when it is decided")
    func course() async throws {
        let shop = try Shop()
        for user in ["bob", "alice"] { try await join(shop, user) }
        try await shop.testLive { port in
            let stream = try await open(port)
            let first = try await stream.text(with: #""position":2"#)
            #expect(first.contains("HTTP/1.1 200 OK"))
            #expect(first.lowercased().contains("content-type: text/event-stream"))
            #expect(first.contains("retry: 2000\n\n"))
            #expect(
                first.contains("id: 2.queued.2.open.available.unknown\nevent: standing\ndata: {\"status\":\"queued\"")
            )
            shop.line.decide(.bob, of: .first, as: .completed)
            _ = try await stream.text(with: #""position":1"#)
            shop.line.decide(.alice, of: .first, as: .completed)
            let last = try await stream.text(with: "id: 2.completed.-.open.available.-\n")
            // The answer ends: the connection is good for another request.
            #expect(try await stream.text(with: "\r\n0\r\n\r\n").hasSuffix("\r\n0\r\n\r\n"))
            #expect(last.components(separatedBy: "event: standing").count == 4)
            stream.close()
        }
        #expect(shop.line.looks > 0)
    }

    @Test("Whoever has seen the last event is not told again; nothing new after a final one is 204")
    func resume() async throws {
        let shop = try Shop()
        try await join(shop, "alice")
        try await shop.testLive { port in
            let same = try await open(port, "Last-Event-ID: 1.queued.1.open.available.unknown\r\n")
            _ = try await same.text(with: "retry: 2000")
            let older = try await open(port, "Last-Event-ID: 1.queued.7.open.available.unknown\r\n")
            _ = try await older.text(with: #""position":1"#)
            shop.line.decide(.alice, of: .first, as: .soldOut)
            let resumed = try await same.text(with: "sold_out")
            #expect(!resumed.contains("queued"))
            same.close()
            older.close()
        }
        try await shop.test { client in
            let known: HTTPFields = [try #require(HTTPField.Name("Last-Event-ID")): "1.sold_out.-.open.available.-"]
            #expect(try await client.send(.get, Self.path, headers: known).status == 204)
            let new = try await client.send(.get, Self.path)
            #expect(new.status == 200)
            #expect(new.text.contains("event: standing"))
        }
    }

    @Test("Who is not in line gets 404, a store that is away 503; HEAD opens nothing")
    func refusals() async throws {
        var shop = try Shop()
        shop.options.maxStreams = 1
        try await shop.test { [shop] client in
            #expect(try await client.send(.get, Self.path).code == "not_in_line")
            #expect(try await client.send(.get, "/api/products/2/queue/alice/events").code == "product_not_found")
            try await join(shop, "alice")
            for _ in 0..<3 {
                let head = try await client.send(.head, Self.path)
                #expect(head.status == 200 && head.text.isEmpty)
            }
            shop.line.goAway()
            #expect(try await client.send(.get, Self.path).status == 503)
        }
    }

    @Test("One stream more than there may be is refused; its room comes back with the client's end. It fills no gate")
    func bound() async throws {
        var shop = try Shop()
        shop.options.maxStreams = 2
        shop.options.maxInFlight = 1
        for user in ["alice", "bob", "cay"] { try await join(shop, user) }
        try await shop.testLive { port in
            let first = try await open(port)
            _ = try await first.text(with: "position")
            let second = try await open(port, user: "bob")
            _ = try await second.text(with: "position")
            let refused = try await open(port, "Connection: close\r\n", user: "cay").reply()
            #expect(refused.answers.map(\.status) == [503])
            #expect(refused.answers.first?.code == "overloaded")
            first.close()
            try await eventually("there is room again") {
                let next = try await open(port, user: "cay")
                defer { next.close() }
                return try await next.text(with: "\r\n\r\n").hasPrefix("HTTP/1.1 200")
            }
            second.close()
        }
    }

    @Test("On its way down the server ends every stream, with the advice to ask again")
    func drain() async throws {
        let shop = try Shop()
        try await join(shop, "alice")
        let ports = AsyncStream<Int>.makeStream()
        let stream = NIOLockedValueBox<RawConnection?>(nil)
        try await shop.run {
            ports.continuation.yield($0)
        } _: {
            var iterator = ports.stream.makeAsyncIterator()
            let connection = try await open(try #require(await iterator.next()))
            _ = try await connection.text(with: "position")
            stream.withLockedValue { $0 = connection }
        }
        // The server has ended: nothing held it up.
        let connection = try #require(stream.withLockedValue { $0 })
        let text = try await connection.reply().text
        #expect(text.contains(#/retry: [1-5]\d{3}\nevent: reconnect\ndata: {"retry_ms":\d{4}}\n\n/#))
        #expect(text.hasSuffix("\r\n0\r\n\r\n"))
    }

    @Test("A line whose data is lost ends its streams; while the store is away they stay, and go on after it")
    func faults() async throws {
        let shop = try Shop()
        for user in ["bob", "alice"] { try await join(shop, user) }
        try await shop.testLive { port in
            let stream = try await open(port)
            _ = try await stream.text(with: #""position":2"#)
            shop.line.goAway()
            let looks = shop.line.looks
            try await eventually("it is looked for again") { shop.line.looks > looks + 2 }
            shop.line.decide(.bob, of: .first, as: .completed)
            shop.line.goAway(false)
            _ = try await stream.text(with: #""position":1"#)
            shop.line.lose(.first)
            _ = try await stream.text(with: "event: reconnect")
            stream.close()
        }
    }

    @Test("Who leaves over this process hears of it with the next look")
    func leaves() async throws {
        let shop = try Shop()
        try await join(shop, "alice")
        try await shop.testLive { port in
            let stream = try await open(port)
            _ = try await stream.text(with: "position")
            let leave = try await RawConnection.open(port: port)
            let request = "DELETE /api/products/1/queue/alice HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"
            leave.send(Array(request.utf8))
            #expect(try await leave.reply().answers.map(\.status) == [204])
            _ = try await stream.text(with: #""status":"left""#)
            stream.close()
        }
    }
}

/// Feeds without a server: what becomes of readers that do not read, and how often a line is looked at.
@Suite("Events: one line's feed", .timeLimit(.minutes(1)))
struct ProductFeedTests {
    private func feed(
        _ line: MemoryLine,
        _ rules: EventStreams.Rules,
        _ metrics: TestMetrics = TestMetrics()
    ) throws -> ProductFeed {
        let pace = PollPace(least: .seconds(1), most: .seconds(10))
        let streams = EventStreams(
            rules: rules,
            board: ProgressBoard(line: line, pace: pace),
            pace: pace,
            metrics: metrics,
            now: { line.now }
        )
        return try #require(streams.feed(of: .first))
    }

    private func standing(_ line: MemoryLine, _ user: String) async throws -> Standing {
        let answer = try await line.join(JoinRequest(product: .first, user: try UserID(user), quantity: 1))
        guard case .joined(let standing) = answer else { throw CancellationError() }
        return standing
    }

    @Test("A thousand streams cost one look a tick, and each sees its decision")
    func oneLook() async throws {
        let line = MemoryLine(now: Shop.noon)
        line.publish(try Shop.product())
        // They are read one after the other: the last one's events are left unread for as long as all others take.
        let rules = EventStreams.Rules(tick: .milliseconds(20), unreadTime: .seconds(3_600), moveTime: .zero)
        let feed = try feed(line, rules)
        var slots: [EventSlot] = []
        for number in 0..<1_000 {
            let slot = EventSlot()
            await feed.add(slot, try await standing(line, "u\(number)"), lastSeen: nil)
            _ = await slot.next()
            slots.append(slot)
        }
        for number in 0..<1_000 { line.decide(try UserID("u\(number)"), of: .first, as: .completed) }
        let before = line.looks
        for slot in slots {
            var last = ByteBuffer()
            while let bytes = await slot.next() { last = bytes }
            #expect(String(buffer: last).contains("completed"))
        }
        // 1,000 decisions at once: at most a few looks, not one for each.
        #expect(line.looks - before < 50)
    }

    @Test("A reader that does not read is dropped, and never more than one event is kept for it")
    func slowReader() async throws {
        let line = MemoryLine(now: Shop.noon)
        line.publish(try Shop.product())
        let metrics = TestMetrics()
        let rules = EventStreams.Rules(tick: .milliseconds(5), unreadTime: .milliseconds(50), moveTime: .zero)
        let feed = try feed(line, rules, metrics)
        let slot = EventSlot()
        await feed.add(slot, try await standing(line, "slow"), lastSeen: nil)
        try await eventually("it is dropped") {
            (try? metrics.expectCounter("flashsale_event_streams_dropped_total").totalValue) == 1
        }
        #expect(await slot.next() == nil)
    }

    @Test("A stream to which nothing happens gets a sign of life")
    func heartbeat() async throws {
        let line = MemoryLine(now: Shop.noon)
        line.publish(try Shop.product())
        let feed = try feed(line, EventStreams.Rules(tick: .milliseconds(5), heartbeat: .milliseconds(20)))
        let slot = EventSlot()
        await feed.add(slot, try await standing(line, "ann"), lastSeen: nil)
        _ = await slot.next()
        #expect(await slot.next() == EventText.heartbeat)
        #expect(await slot.next() == EventText.heartbeat)
        slot.close()
        await feed.remove(slot)
    }
}
