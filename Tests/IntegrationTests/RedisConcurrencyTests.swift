import NIOCore
import NIOPosix
import Redis
import TestSupport
import Testing

@Suite("Redis: many callers", .timeLimit(.minutes(5)))
struct RedisConcurrencyTests {
    @Test("10,000 callers at once each get their own answer")
    func tenThousand() async throws {
        try await withRedis { client in
            try await withThrowingTaskGroup { group in
                for number in 0..<10_000 {
                    group.addTask {
                        let answer = try await client.echo("caller \(number)")
                        #expect(answer == "caller \(number)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("callers that are cancelled in mid-flight leave everybody else's replies right")
    func cancellation() async throws {
        try await withFaultyRedis { client, proxy, _ in
            proxy.set(.delay(milliseconds: 1_000))
            let tasks = (0..<3_000).map { number in
                Task { try await client.echo("caller \(number)") }
            }
            for number in stride(from: 0, to: tasks.count, by: 3) { tasks[number].cancel() }
            var cancelled = 0
            for (number, task) in tasks.enumerated() {
                do {
                    // On a slow machine an answer may outrun the cancellation, but it is the caller's own.
                    let answer = try await task.value
                    #expect(answer == "caller \(number)")
                } catch is CancellationError {
                    #expect(number % 3 == 0)
                    cancelled += 1
                }
            }
            #expect(cancelled > 0)
            proxy.set(.none)
            #expect(try await client.echo("afterwards") == "afterwards")
        }
    }

    @Test("a pipeline cancelled in mid-flight leaves its neighbours' replies right")
    func cancelledPipeline() async throws {
        try await withFaultyRedis { client, proxy, _ in
            proxy.set(.delay(milliseconds: 2_000))
            let before = Task { try await client.echo("before") }
            let pipeline = Task {
                try await client.send((0..<100).map { RedisCommand("ECHO", [RedisArgument($0)]) })
            }
            let after = Task { try await client.echo("after") }
            pipeline.cancel()
            await #expect(throws: CancellationError.self) { try await pipeline.value }
            let neighbours = try await [before.value, after.value]
            #expect(neighbours == ["before", "after"])
        }
    }

    @Test("commands beyond the bound are refused at once, the others keep their places")
    func inFlightBound() async throws {
        let redis = try await TestRedis.shared()
        let proxy = try await FaultProxy.start(to: .tcp(port: redis.port))
        let configuration = redis.configuration(over: .tcp(host: "127.0.0.1", port: proxy.port)) {
            $0.maximumInFlight = 5
        }
        try await withRedis(configuration, on: MultiThreadedEventLoopGroup.singleton.next()) { client in
            let tooMany = await #expect(throws: RedisError.self) {
                try await client.send((0..<6).map { RedisCommand("ECHO", [RedisArgument($0)]) })
            }
            #expect(tooMany?.code == .tooManyInFlight)
            #expect(tooMany?.outcomeIsUnknown == false)

            proxy.set(.swallowReplies)
            await withTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask { await client.failure(of: RedisCommand("PING"))?.code }
                }
                for _ in 0..<15 {
                    #expect(await group.next() == .tooManyInFlight)
                }
                // Cancelled callers get no RedisError; their places stay taken.
                group.cancelAll()
                for await code in group { #expect(code == nil) }
            }
            #expect(await client.failure(of: RedisCommand("PING"))?.code == .tooManyInFlight)
        }
        await proxy.stop()
    }

    @Test("a caller on an event loop uses that loop's connection, all others take turns")
    func eventLoops() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
        try await withRedis(TestRedis.shared().configuration(), on: group) { client in
            @Sendable func connection() async throws -> Int64 {
                try await client.send(RedisCommand("CLIENT", ["ID"])).integer()
            }
            var connections: Set<Int64> = []
            try await eventually("all three connections serve") {
                connections.insert(try await connection())
                return connections.count == 3
            }
            var owned: [Int64] = []
            for eventLoop in group.makeIterator() {
                let executor = EventLoopExecutor(eventLoop: eventLoop)
                let ids = try await Task(executorPreference: executor) {
                    var ids: Set<Int64> = []
                    for _ in 0..<10 { ids.insert(try await connection()) }
                    return ids
                }.value
                #expect(ids.count == 1)
                owned += ids
            }
            #expect(Set(owned) == connections)
        }
        try await group.shutdownGracefully()
    }
}

/// Runs tasks on an event loop.
private final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
