import NIOCore
import NIOEmbedded
import Testing

@testable import Redis

/// The shell around the state machine, on a channel and a clock of the test.
@Suite("Connection without a socket")
struct CommandConnectionTests {
    private struct Fixture {
        let connection: CommandConnection
        let channel: NIOAsyncTestingChannel
        let closed: EventLoopFuture<RedisError>

        /// A connection whose handshake is answered.
        static func ready() async throws -> Fixture {
            let eventLoop = NIOAsyncTestingEventLoop()
            let closed = eventLoop.makePromise(of: RedisError.self)
            let connection = CommandConnection(
                configuration: RedisConfiguration(address: .tcp(host: "localhost", port: 6379)),
                eventLoop: eventLoop,
                onReady: {},
                onClose: { closed.succeed($0) }
            )
            let channel = await NIOAsyncTestingChannel(handler: connection, loop: eventLoop)
            try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 6379))
            #expect(
                try await channel.waitForOutboundWrite(as: ByteBuffer.self)
                    == ByteBuffer(string: "*1\r\n$4\r\nPING\r\n")
            )
            try await channel.writeInbound(ByteBuffer(string: "+PONG\r\n"))
            return Fixture(connection: connection, channel: channel, closed: closed.futureResult)
        }

        /// Sends commands in one turn of the event loop; each task yields a reply.
        func submit(_ names: String...) async throws -> [Task<RedisReply, any Error>] {
            let eventLoop = channel.testingEventLoop
            let (submissions, submitted) = AsyncStream.makeStream(of: (@Sendable () -> Void).self)
            let tasks = names.enumerated().map { index, name in
                Task {
                    try await withCheckedThrowingContinuation { continuation in
                        submitted.yield { [connection] in
                            connection.submit(RedisCommand(name), id: UInt64(index), continuation)
                        }
                    }
                }
            }
            var turn: [@Sendable () -> Void] = []
            for await submission in submissions {
                turn.append(submission)
                if turn.count == names.count { break }
            }
            try await eventLoop.executeInContext { [turn] in
                for submission in turn { submission() }
            }
            return tasks
        }
    }

    private func error(of task: Task<RedisReply, any Error>) async -> RedisError? {
        await #expect(throws: RedisError.self) { try await task.value }
    }

    @Test("the commands of one turn are written as one piece")
    func oneWritePerTurn() async throws {
        let fixture = try await Fixture.ready()
        let tasks = try await fixture.submit("A", "A", "A")
        let wire = try await fixture.channel.waitForOutboundWrite(as: ByteBuffer.self)
        #expect(String(buffer: wire) == String(repeating: "*1\r\n$1\r\nA\r\n", count: 3))
        try await fixture.channel.writeInbound(ByteBuffer(string: ":1\r\n:1\r\n:1\r\n"))
        for task in tasks {
            #expect(try await task.value == .integer(1))
        }
    }

    @Test("a late caller fails with an unknown outcome, and its reply reaches nobody")
    func timeout() async throws {
        let fixture = try await Fixture.ready()
        let late = try await fixture.submit("A")
        await fixture.channel.testingEventLoop.advanceTime(by: .seconds(1))
        let failure = await error(of: late[0])
        #expect(failure?.code == .timedOut)
        #expect(failure?.outcomeIsUnknown == true)
        let next = try await fixture.submit("B")
        try await fixture.channel.writeInbound(ByteBuffer(string: ":1\r\n:2\r\n"))
        #expect(try await next[0].value == .integer(2))
    }

    @Test("a silent connection is closed after twice the timeout")
    func silence() async throws {
        let fixture = try await Fixture.ready()
        let first = try await fixture.submit("A")
        await fixture.channel.testingEventLoop.advanceTime(by: .milliseconds(1_500))
        #expect(await error(of: first[0])?.code == .timedOut)
        let second = try await fixture.submit("B")
        await fixture.channel.testingEventLoop.advanceTime(by: .milliseconds(500))
        let failure = await error(of: second[0])
        #expect(failure?.code == .connectionLost)
        #expect(failure?.outcomeIsUnknown == true)
        #expect(try await fixture.closed.get().code == .timedOut)
    }

    @Test("bytes that are no reply close the connection")
    func garbage() async throws {
        let fixture = try await Fixture.ready()
        let tasks = try await fixture.submit("A")
        try await fixture.channel.writeInbound(ByteBuffer(string: "garbage\r\n"))
        #expect(await error(of: tasks[0])?.code == .connectionLost)
        #expect(try await fixture.closed.get().code == .protocolViolation)
    }

    @Test("a server that hangs up fails those who wait")
    func hangUp() async throws {
        let fixture = try await Fixture.ready()
        let tasks = try await fixture.submit("A", "B")
        try await fixture.channel.close()
        for task in tasks {
            let failure = await error(of: task)
            #expect(failure?.code == .connectionLost)
            #expect(failure?.outcomeIsUnknown == true)
        }
    }
}
