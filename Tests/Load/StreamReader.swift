import Foundation
import NIOCore

/// Reads one event stream, and keeps nothing of it but its last unfinished line.
final class StreamReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let board: OutcomeBoard
    private var rest = ""
    private var isGreeted = false

    init(board: OutcomeBoard) { self.board = board }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        rest += String(buffer: unwrapInboundIn(data))
        while let end = rest.range(of: "\n") {
            read(rest[..<end.lowerBound])
            rest.removeSubrange(..<end.upperBound)
        }
        // No line of an event is longer.
        if rest.utf8.count > 16_384 { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func read(_ line: Substring) {
        guard line.hasPrefix("data: ") else { return }
        if !isGreeted {
            isGreeted = true
            board.greet()
        }
        guard !line.contains("\"status\":\"queued\""), let ticket = OutcomeBoard.number("ticket", in: String(line)),
            let word = line.firstMatch(of: #/"status":"([a-z_]+)"/#)
        else { return }
        board.note(ticket: ticket, status: String(word.output.1))
    }
}

@available(*, unavailable)
extension StreamReader: Sendable {}

/// How many files this process may have open.
enum OpenFiles {
    /// As many as the system lets us have.
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
