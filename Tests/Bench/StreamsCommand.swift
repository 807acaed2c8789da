import ArgumentParser
import Glibc
import NIOCore
import NIOPosix

/// Holds many event streams open, so that the server's memory can be looked at meanwhile.
struct StreamsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "streams",
        abstract: "Opens event streams, prints how many are open, and holds them.",
        discussion: "Prints one line once all are open: STREAMS, those that answered 200, those that did not."
    )

    /// Connections that are being made at once: fewer than any backlog.
    private static let wave = 100

    @Option(help: "What to GET; {n} in it is the number of the stream, from 1 on.") var url: Target
    @Option(help: "Streams.") var count: Int
    @Option(help: "Seconds to hold them.") var hold: Int

    func validate() throws {
        guard (1...25_000).contains(count) else { throw ValidationError("--count has to be 1 to 25000.") }
        guard (1...600).contains(hold) else { throw ValidationError("--hold has to be 1 to 600.") }
    }

    func run() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var (open, refused) = (0, 0)
        var channels: [any Channel] = []
        for first in stride(from: 1, through: count, by: Self.wave) {
            let wave = (first...min(first + Self.wave - 1, count)).map { connect($0, on: loop) }
            for stream in wave {
                let (channel, isOpen) = try await stream.get()
                channels.append(channel)
                if isOpen { open += 1 } else { refused += 1 }
            }
        }
        print("STREAMS \(open) \(refused)")
        // The reader is a script behind a pipe.
        fflush(nil)
        try await Task.sleep(for: .seconds(hold))
        for channel in channels { channel.close(promise: nil) }
    }

    private func connect(_ number: Int, on loop: any EventLoop) -> EventLoopFuture<(any Channel, Bool)> {
        let path = url.path.replacing("{n}", with: String(number))
        let opened = loop.makePromise(of: Bool.self)
        let request = ByteBuffer(
            string: "GET \(path) HTTP/1.1\r\nHost: \(url.host):\(url.port)\r\nAccept: text/event-stream\r\n\r\n"
        )
        return ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StreamConnection(opened))
                }
            }
            .connect(host: url.host, port: url.port)
            .flatMapError { error in
                opened.succeed(false)
                return loop.makeFailedFuture(error)
            }
            .flatMap { channel in
                channel.writeAndFlush(request).flatMap { opened.futureResult.map { (channel, $0) } }
            }
    }
}

/// One stream: whether it began with a 200; what comes after that is thrown away.
private final class StreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private static let statusLength = "HTTP/1.1 200".utf8.count

    private let opened: EventLoopPromise<Bool>
    private var beginning = ByteBuffer()

    init(_ opened: EventLoopPromise<Bool>) { self.opened = opened }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard beginning.readableBytes < Self.statusLength else { return }
        beginning.writeImmutableBuffer(unwrapInboundIn(data))
        guard beginning.readableBytes >= Self.statusLength else { return }
        let line = beginning.getString(at: beginning.readerIndex, length: Self.statusLength)
        opened.succeed(line == "HTTP/1.1 200")
    }

    func channelInactive(context: ChannelHandlerContext) { opened.succeed(false) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
