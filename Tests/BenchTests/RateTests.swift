import NIOCore
import Testing

@testable import flashsale_bench

/// The load generator: what it counts has to be what was sent and answered.
@Suite struct RateTests {
    @Test("Answers are found however the bytes are cut")
    func cutAnswers() throws {
        let bytes = Array("HTTP/1.1 202 Accepted\r\ncontent-LENGTH: 4\r\nA: b\r\n\r\n{\r\n}".utf8)
        for cut in 1..<bytes.count {
            var parser = AnswerParser()
            parser.append(ByteBuffer(bytes: bytes[..<cut]))
            #expect(try parser.next() == nil, "cut at \(cut)")
            parser.append(ByteBuffer(bytes: bytes[cut...] + bytes))
            #expect(try parser.next() == 202)
            #expect(try parser.next() == 202)
            #expect(try parser.next() == nil)
        }
    }

    @Test(
        "An answer that cannot be counted is an error",
        arguments: [
            "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
            String(repeating: "x", count: 70_000),
        ]
    )
    func badAnswers(_ text: String) {
        var parser = AnswerParser()
        parser.append(ByteBuffer(string: text))
        #expect(throws: BadAnswer.self) { try parser.next() }
    }

    @Test("Every request has its place in time and a user of its own")
    func plan() throws {
        let target = try #require(Target(argument: "http://127.0.0.1:8080/queue"))
        let start = NIODeadline.uptimeNanoseconds(1_000)
        let plan = RequestPlan(target: target, prefix: "t", start: start, rate: 1_000, count: 10, of: 3)
        #expect((0..<3).map(plan.count(of:)) == [4, 3, 3])
        var due: [NIODeadline?] = []
        var requests: Set<ByteBuffer> = []
        for index in 0..<3 {
            for number in 0..<plan.count(of: index) {
                due.append(plan.due(number, of: index))
                requests.insert(plan.request(number, of: index))
            }
        }
        #expect(Set(due) == Set((0..<10).map { start + .milliseconds($0) }))
        #expect(requests.count == 10)
        #expect(plan.end == start + .milliseconds(10))
    }

    @Test("Percentiles are exact, and an error is no answer")
    func percentiles() {
        var (one, other) = (RateResult(), RateResult())
        for number in 1...500 { one.note(status: 202, latency: .microseconds(Int64(number))) }
        for number in 501...1_000 { other.note(status: 200, latency: .microseconds(Int64(number))) }
        other.note(status: 503, latency: .seconds(5))
        let start = NIODeadline.uptimeNanoseconds(0)
        one.ended = start + .seconds(1)
        other.ended = start + .seconds(2)
        one.add(other)
        #expect(one.line(since: start) == "BENCH 1000 2.0 1 501 991 1000 1000")
    }

    @Test(
        "Only a plain address is taken",
        arguments: ["https://a:1/", "http://a/", "http://a:0/x", "http://a:70000/x", "http://a:1"]
    )
    func addresses(_ text: String) {
        #expect(Target(argument: text) == nil)
    }
}
