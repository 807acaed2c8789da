import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Opens event streams, and measures how soon each sees its outcome.
struct StreamsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "streams",
        abstract: "Joins users, opens an event stream for each, and measures from decision to event.",
        discussion: """
            Run it without a worker; --then starts one once all streams are open. A ticket counts as decided when a status \
            request, asked every 10 ms, first shows it as served.
            """
    )

    @Option(help: "How many users and streams: 1 to 25000.")
    var count = 10_000
    @Option(help: "Where the API is.")
    var url = "http://127.0.0.1:8080"
    @Option(help: "The product's number.")
    var product = 1
    @Option(help: "What the users' names begin with.")
    var prefix = "load"
    @Option(help: "The API's process, to see its memory.")
    var pid: Int32?
    @Option(help: "A shell command that runs once all streams are open, such as the start of a worker.")
    var then: String?
    @Option(help: "How long to wait for outcomes, in seconds.")
    var seconds = 120

    func validate() throws {
        guard (1...25_000).contains(count) else { throw ValidationError("--count has to be from 1 to 25000") }
        guard URL(string: url)?.host != nil else { throw ValidationError("--url has to be like http://127.0.0.1:8080") }
    }

    func run() async throws {
        OpenFiles.raiseLimit()
        let address = URL(string: url)
        guard let host = address?.host, let port = address?.port ?? 80 as Int? else { return }
        print("API before: \(memory)")
        try await join()
        print("joined: \(count) users")

        let board = OutcomeBoard()
        let began = ContinuousClock.now
        var channels: [any Channel] = []
        for first in stride(from: 0, to: count, by: 200) {
            // 200 at a time: a listener's backlog is no endless queue.
            try await withThrowingTaskGroup(of: (any Channel).self) { group in
                for number in first..<min(count, first + 200) {
                    group.addTask { try await stream(number, host, port, board) }
                }
                for try await channel in group { channels.append(channel) }
            }
        }
        try await waitUntil("all streams have said where they stand") { board.greeted >= count }
        print("opened: \(count) streams in \(ContinuousClock.now - began)")
        print("API with streams: \(memory)")

        let watch = Task { try await watchDecisions(board) }
        let child = then.map { try? Process.run(URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", $0]) } ?? nil
        try? await waitUntil("all outcomes") { board.outcomes.count >= count }
        watch.cancel()
        _ = try? await watch.value
        print("API after: \(memory)")
        print(board.report(of: count))
        child?.terminate()
        for channel in channels { channel.close(promise: nil) }
    }

    private func join() async throws {
        let http = HTTPClient.shared
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<32 {
                group.addTask {
                    for number in stride(from: worker, to: count, by: 32) {
                        var request = HTTPClientRequest(url: "\(url)/api/products/\(product)/queue")
                        request.method = .POST
                        request.headers.add(name: "content-type", value: "application/json")
                        request.body = .bytes(ByteBuffer(string: #"{"user_id":"\#(prefix)\#(number)"}"#))
                        let answer = try await http.execute(request, timeout: .seconds(30))
                        let text = String(buffer: try await answer.body.collect(upTo: 1 << 16))
                        guard (200...202).contains(answer.status.code) else { throw ValidationError(text) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func stream(_ number: Int, _ host: String, _ port: Int, _ board: OutcomeBoard) async throws -> any Channel {
        let path = "/api/products/\(product)/queue/\(prefix)\(number)/events"
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StreamReader(board: board))
                }
            }
            .connect(host: host, port: port)
            .get()
        try await channel.writeAndFlush(ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n"))
        return channel
    }

    /// Asks where the last one stands: the line's own word on how far it has come.
    private func watchDecisions(_ board: OutcomeBoard) async throws {
        let last = "\(url)/api/products/\(product)/queue/\(prefix)\(count - 1)"
        while !Task.isCancelled {
            let answer = try await HTTPClient.shared.execute(HTTPClientRequest(url: last), timeout: .seconds(10))
            let text = String(buffer: try await answer.body.collect(upTo: 1 << 16))
            board.noteProgress(text)
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func waitUntil(_ what: String, _ condition: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while !condition() {
            guard ContinuousClock.now < end else { throw ValidationError("not within \(seconds) s: \(what)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private var memory: String {
        guard let pid, let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else {
            return "unknown, give --pid"
        }
        return status.split(separator: "\n").first { $0.hasPrefix("VmRSS") }.map(String.init) ?? "gone"
    }
}
