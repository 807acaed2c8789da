import Logging
import NIOEmbedded
import Testing

@testable import Redis

@Suite("Client without a server")
struct RedisClientTests {
    private func makeClient() -> RedisClient {
        RedisClient(
            configuration: RedisConfiguration(address: .unixSocket(path: "/nonexistent/redis.sock")),
            eventLoopGroup: NIOAsyncTestingEventLoop(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    @Test("before run() a command fails, having sent nothing")
    func notRunning() async throws {
        let client = makeClient()
        #expect(!client.isReady)
        await #expect(throws: RedisError.self) { try await client.waitUntilReady(within: .milliseconds(1)) }
        await #expect(throws: RedisError.self) {
            try await client.withSubscription(to: ["a"]) { _ in }
        }
    }

    @Test("a cancelled task sends nothing")
    func cancelledBefore() async throws {
        let client = makeClient()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.send(RedisCommand("PING"))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("an empty pipeline has no replies")
    func emptyPipeline() async throws {
        #expect(try await makeClient().send([]) == [])
    }

    @Test("those who wait for readiness are told, and a cancelled one stops waiting")
    func readiness() async throws {
        let readiness = Readiness(.unixSocket(path: "/nonexistent/redis.sock"))
        let waiting = Task { try await readiness.wait() }
        let cancelled = Task { try await readiness.wait() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        readiness.becameReady()
        try await waiting.value
        try await readiness.wait()
    }
}
