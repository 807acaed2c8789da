import NIOCore
import NIOEmbedded
import Testing

@testable import Redis

/// The shell around the subscription's state machine, on a channel and a clock of the test.
@Suite("Subscription without a socket")
struct SubscriptionConnectionTests {
    @Test("of more messages than the buffer holds, the newest are kept")
    func newestWin() async throws {
        let eventLoop = NIOAsyncTestingEventLoop()
        let (stream, messages) = AsyncThrowingStream<RedisMessage, any Error>.makeStream(
            bufferingPolicy: .bufferingNewest(RedisSubscription.bufferLimit)
        )
        let connection = SubscriptionConnection(
            configuration: RedisConfiguration(address: .tcp(host: "localhost", port: 6379)),
            channels: ["a"],
            eventLoop: eventLoop,
            messages: messages
        )
        let channel = await NIOAsyncTestingChannel(handler: connection, loop: eventLoop)
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 6379))
        try await channel.writeInbound(ByteBuffer(string: "+PONG\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"))
        try await connection.subscribed.get()

        let excess = 100
        for number in 0..<RedisSubscription.bufferLimit + excess {
            let text = "\(number)"
            let message = "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$\(text.count)\r\n\(text)\r\n"
            try await channel.writeInbound(ByteBuffer(string: message))
        }
        connection.close(because: RedisError(.shutDown, "the end of the test"))

        var received: [String] = []
        let failure = await #expect(throws: RedisError.self) {
            for try await message in RedisSubscription(stream) {
                received.append(String(decoding: message.payload, as: UTF8.self))
            }
        }
        #expect(failure?.code == .shutDown)
        #expect(received == (excess..<RedisSubscription.bufferLimit + excess).map(String.init))
    }
}
