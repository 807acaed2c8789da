import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded

@testable import FlashSaleAPI

/// Servers of one shop each, whose connections have no socket: they are given bytes in portions, and what they say is kept.
struct ConnectionReplay {
    /// What became of a connection.
    struct Outcome: Equatable, CustomStringConvertible {
        /// Each answer, less its request's id and its date; the header fields in an order of their own.
        var answers: [String]
        /// Whether the server has ended the connection before the client did.
        var isClosed: Bool
        /// How many calls have changed the line so far.
        var changes: Int

        var description: String {
            "changes \(changes), \(isClosed ? "closed" : "open")\n" + answers.joined(separator: "\n--\n")
        }
    }

    let shop: Shop
    private let connections: EventLoopChannel<RouterResponder<BasicRequestContext>>

    init(usesFastPath: Bool) throws {
        shop = try Shop(try Shop.product(maxQueue: 1_000_000))
        let surface = shop.api.surface
        connections = surface.connections(
            limits: shop.limits,
            responder: surface.buildRouter().buildResponder(),
            fastPath: usesFastPath ? surface.boundary.fastPath() : nil,
            logger: shop.logger
        )
    }

    /// Opens a connection, sends the portions, waits for longer than any answer takes, and closes the client's side.
    func run(_ portions: [ArraySlice<UInt8>], on loop: EmbeddedEventLoop) throws -> Outcome {
        let channel = EmbeddedChannel(handler: nil, loop: loop)
        try connections.addHandlers(to: channel, logger: shop.logger)
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/x"), promise: nil)
        for portion in portions where channel.isActive {
            channel.pipeline.fireChannelRead(ByteBuffer(bytes: portion))
            channel.pipeline.fireChannelReadComplete()
            loop.run()
        }
        loop.advanceTime(by: .milliseconds(200))
        let isClosed = !channel.isActive
        if !isClosed {
            channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            loop.run()
        }
        var bytes = ByteBuffer()
        while let part = try channel.readOutbound(as: IOData.self) {
            if case .byteBuffer(var part) = part { bytes.writeBuffer(&part) }
        }
        if channel.isActive { channel.close(promise: nil) }
        loop.run()
        return Outcome(
            answers: Self.answers(in: String(buffer: bytes)),
            isClosed: isClosed,
            changes: shop.line.changes
        )
    }

    /// The first words of a status line part the answers: a document may hold them too, and is then parted everywhere alike.
    private static func answers(in text: String) -> [String] {
        text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { answer in
            let parts = answer.components(separatedBy: "\r\n\r\n")
            let lines = parts[0].components(separatedBy: "\r\n")
            let fields = lines.dropFirst().map(plain).filter {
                !$0.hasPrefix("date:") && !$0.hasPrefix("x-request-id:")
            }
            var body = parts.dropFirst().joined(separator: "\r\n\r\n")
            if let mark = body.range(of: #""request_id":""#), let end = body[mark.upperBound...].firstIndex(of: "\"") {
                body.removeSubrange(mark.upperBound..<end)
            }
            return ([lines[0]] + fields.sorted() + ["", body]).joined(separator: "\n")
        }
    }

    /// A header field with its name in small letters.
    private static func plain(_ line: String) -> String {
        let name = line.prefix { $0 != ":" }
        return name.lowercased() + line.dropFirst(name.count)
    }
}
