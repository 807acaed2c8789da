import NIOCore
import Testing

@testable import Redis

@Suite("Requests in flight")
struct RequestQueueTests {
    private static let limits = ConnectionLimits(commandTimeout: .seconds(1), maximumInFlight: 100)

    private func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    /// A queue of single commands whose waiters are called as given, sent at second 0, 1, 2, ….
    private func queue(_ names: String...) -> RequestQueue<String> {
        var queue = RequestQueue<String>(limits: Self.limits)
        for (index, name) in names.enumerated() {
            _ = queue.append(id: UInt64(index), waiter: name, commands: 1, now: time(Int64(index)))
        }
        return queue
    }

    /// Who is answered by the next reply; `nil` if nobody is.
    private func next(_ queue: inout RequestQueue<String>, _ reply: RedisReply = .integer(1)) -> String? {
        if case .complete(let waiter, _, _) = queue.receive(reply) { waiter } else { nil }
    }

    @Test("replies go to the requests in their order")
    func order() {
        var queue = queue("a", "b", "c")
        #expect(queue.commandCount == 3)
        #expect(next(&queue) == "a")
        #expect(next(&queue) == "b")
        #expect(next(&queue) == "c")
        #expect(queue.commandCount == 0)
    }

    @Test("a reply nobody asked for is reported")
    func unexpected() {
        var queue = queue()
        guard case .unexpected = queue.receive(.null) else {
            Issue.record("a reply was taken by an empty queue")
            return
        }
    }

    @Test("an abandoned request keeps its place, so that its neighbours get their own replies")
    func abandoned() {
        var queue = queue("a", "b", "c")
        #expect(queue.abandon(id: 1) == "b")
        #expect(queue.abandon(id: 1) == nil)
        #expect(queue.abandon(id: 9) == nil)
        #expect(queue.commandCount == 3)
        #expect(next(&queue) == "a")
        #expect(next(&queue) == nil)
        #expect(next(&queue) == "c")
    }

    @Test("a pipeline is answered by its last reply, with the ones before it")
    func pipeline() {
        var queue = queue("a")
        _ = queue.append(id: 7, waiter: "p", commands: 3, now: time(1))
        #expect(queue.commandCount == 4)
        #expect(next(&queue) == "a")
        #expect(next(&queue, .integer(1)) == nil)
        #expect(next(&queue, .integer(2)) == nil)
        guard case .complete(let waiter, let last, let before) = queue.receive(.integer(3)) else {
            Issue.record("the pipeline is not complete")
            return
        }
        #expect(waiter == "p" && last == .integer(3) && before == [.integer(1), .integer(2)])
    }

    @Test("a pipeline abandoned half-way drops all its replies")
    func abandonedPipeline() {
        var queue = RequestQueue<String>(limits: Self.limits)
        _ = queue.append(id: 1, waiter: "p", commands: 3, now: time(0))
        _ = queue.append(id: 2, waiter: "b", commands: 1, now: time(0))
        #expect(next(&queue) == nil)
        #expect(queue.abandon(id: 1) == "p")
        #expect(next(&queue) == nil)
        #expect(next(&queue) == nil)
        #expect(next(&queue) == "b")
    }

    @Test("requests past their deadline lose their waiters once, and keep their places")
    func expiry() {
        var queue = queue("a", "b", "c")
        #expect(queue.nextDeadline == time(1))
        #expect(queue.lastDeadline == time(3))
        #expect(queue.expire(at: time(2)) == ["a", "b"])
        #expect(queue.expire(at: time(2)) == [])
        #expect(queue.nextDeadline == time(3))
        #expect(next(&queue) == nil)
        #expect(next(&queue) == nil)
        #expect(next(&queue) == "c")
        #expect(queue.nextDeadline == nil)
    }

    @Test("expiry goes on at the right request after replies have come")
    func expiryAfterReplies() {
        var queue = queue("a", "b", "c", "d")
        #expect(queue.expire(at: time(2)) == ["a", "b"])
        #expect(next(&queue) == nil)
        #expect(queue.expire(at: time(3)) == ["c"])
        #expect(next(&queue) == nil)
        #expect(next(&queue) == nil)
        #expect(next(&queue) == "d")
    }

    @Test("an abandoned request does not expire a second time")
    func expiryOfAbandoned() {
        var queue = queue("a", "b")
        #expect(queue.abandon(id: 0) == "a")
        #expect(queue.expire(at: time(9)) == ["b"])
    }

    @Test("emptying returns those who still wait, and the queue can be used again")
    func removeAll() {
        var queue = queue("a", "b", "c")
        _ = queue.expire(at: time(1))
        #expect(queue.removeAll() == ["b", "c"])
        #expect(queue.commandCount == 0)
        _ = queue.append(id: 5, waiter: "d", commands: 1, now: time(10))
        #expect(queue.expire(at: time(11)) == ["d"])
    }

    /// Whatever happens to the callers, the n-th reply reaches the n-th caller or nobody.
    @Test("in any mixture of callers who stay, go and time out, no reply reaches another's caller")
    func mixture() {
        var random = SystemRandomNumberGenerator()
        var queue = RequestQueue<UInt64>(limits: Self.limits)
        var sent: UInt64 = 0
        var answered: UInt64 = 0
        for step in 0..<2_000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                _ = queue.append(id: sent, waiter: sent, commands: 1, now: time(Int64(step)))
                sent += 1
            case 5..<8 where answered < sent:
                if case .complete(let waiter, let reply, _) = queue.receive(.integer(Int64(answered))) {
                    #expect(reply == .integer(Int64(waiter)))
                }
                answered += 1
            case 8:
                _ = queue.abandon(id: UInt64.random(in: 0...sent, using: &random))
            default:
                _ = queue.expire(at: time(Int64(step) - 3))
            }
        }
        #expect(queue.commandCount == Int(sent - answered))
    }
}
