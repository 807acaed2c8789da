import ArgumentParser
import NIOCore
import NIOPosix

/// Joins of ever new users at a constant rate, whatever the server does.
///
/// Each request has a time at which it is due, and its latency counts from then: a server that stands still for a second is
/// charged with all that was due in that second ("coordinated omission" is what hides it in closed loops like wrk's).
struct RateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate",
        abstract: "Sends joins at a constant rate and prints their latencies.",
        discussion: """
            Prints one line: BENCH, the answers of 2xx, seconds, errors, then p50, p99, p99.9 and the largest latency in \
            microseconds.
            """
    )

    @Option(help: "Where to POST, such as http://127.0.0.1:8080/api/products/1/queue.") var url: Target
    @Option(help: "Requests a second; 0 sends each when the one before on its connection is answered.") var rate: Double
    @Option(help: "How many requests in all.") var count: Int
    @Option(help: "Connections.") var connections = 64
    @Option(help: "What the users' ids begin with: has to be new each time.") var prefix: String
    @Option(help: "Seconds to wait for answers after the last request was due.") var grace = 10

    func validate() throws {
        guard rate >= 0, rate <= 1_000_000 else { throw ValidationError("--rate has to be 0 to 1000000.") }
        guard (1...100_000_000).contains(count) else { throw ValidationError("--count has to be 1 to 100000000.") }
        guard (1...10_000).contains(connections), connections <= count else {
            throw ValidationError("--connections has to be 1 to 10000, and not more than --count.")
        }
        guard prefix.wholeMatch(of: #/[a-z0-9]{1,20}/#) != nil else {
            throw ValidationError("--prefix has to be 1 to 20 characters of a-z and 0-9.")
        }
    }

    func run() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let loop = group.next()
        let channels = try await connect(on: loop)
        // A moment ahead, so that the first request is not late already.
        let start = NIODeadline.now() + .milliseconds(20)
        let plan = RequestPlan(target: url, prefix: prefix, start: start, rate: rate, count: count, of: connections)
        let runs = try await loop.submit {
            try zip(channels, 0...).map { channel, index in
                let promise = loop.makePromise(of: RateResult.self)
                let handler = PacedConnection(plan, index: index, promise: promise)
                try channel.pipeline.syncOperations.addHandler(handler)
                return promise.futureResult
            }
        }.get()
        let limit = loop.scheduleTask(deadline: plan.end + .seconds(Int64(grace))) {
            for channel in channels { channel.close(promise: nil) }
        }
        var total = RateResult()
        for run in runs { total.add(try await run.get()) }
        limit.cancel()
        print(total.line(since: start))
    }

    private func connect(on loop: any EventLoop) async throws -> [any Channel] {
        var channels: [any Channel] = []
        for _ in 0..<connections {
            let bootstrap = ClientBootstrap(group: loop).channelOption(.socketOption(.tcp_nodelay), value: 1)
            channels.append(try await bootstrap.connect(host: url.host, port: url.port).get())
        }
        return channels
    }
}
