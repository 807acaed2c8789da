import NIOCore
import NIOPosix

/// One `GET /ready` to a process on this machine.
enum ReadinessProbe {
    /// The most bytes of an answer that are looked at.
    private static let maximumLength = 16_384
    private static let limit = Duration.seconds(2)

    /// What came back.
    enum Answer: Equatable {
        /// 200.
        case ready
        /// Any other answer, with its body.
        case notReady(String)
        /// No connection, or no whole answer in time.
        case silent
    }

    /// Asks once, for two seconds at most.
    static func ask(host: String, port: Int) async -> Answer {
        let answer = try? await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { try await exchange(host: host, port: port) }
            group.addTask {
                try await Task.sleep(for: limit)
                throw CancellationError()
            }
            defer { group.cancelAll() }
            return try await group.next() ?? ""
        }
        return Answer(response: answer ?? "")
    }

    private static func exchange(host: String, port: Int) async throws -> String {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let request = "GET /ready HTTP/1.1\r\nHost: \(host):\(port)\r\nConnection: close\r\n\r\n"
            try await outbound.write(ByteBuffer(string: request))
            var answer = ByteBuffer()
            for try await var part in inbound {
                answer.writeBuffer(&part)
                if answer.readableBytes > maximumLength { break }
            }
            return String(buffer: answer)
        }
    }
}

extension ReadinessProbe.Answer {
    /// Reads the text of a response: status line, fields, an empty line, body.
    init(response: String) {
        let words = response.prefix { $0 != "\r\n" }.split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            self = .silent
            return
        }
        let body = response.firstRange(of: "\r\n\r\n").map { String(response[$0.upperBound...]) } ?? ""
        self = status == 200 ? .ready : .notReady(body)
    }
}
