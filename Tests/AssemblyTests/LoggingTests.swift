import Foundation
import Logging
import Testing

@testable import Assembly

@Suite("Log lines")
struct LogLineTests {
    private let time = LogTimestamp(secondsSinceEpoch: 1_709_210_096, milliseconds: 7)

    private func event(_ message: String, level: Logger.Level = .info, error: (any Error)? = nil) -> LogEvent {
        LogEvent(
            level: level,
            message: "\(message)",
            error: error,
            metadata: nil,
            source: "s",
            file: "f",
            function: "f",
            line: 1
        )
    }

    private func line(
        _ format: LogLineFormat,
        _ event: LogEvent,
        _ metadata: Logger.Metadata = [:]
    ) -> String {
        String(decoding: format.line(for: event, logger: "worker", metadata: metadata, at: time), as: UTF8.self)
    }

    private func object(_ line: String) throws -> [String: Any] {
        #expect(line.hasSuffix("}\n") && line.filter(\.isNewline).count == 1)
        return try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test("A text line has time, level, logger, message, and metadata sorted by key")
    func text() {
        let line = line(.text(colour: false), event("batch settled"), ["size": "50", "note": "two words", "id": "7"])
        #expect(line == "2024-02-29T12:34:56.007Z INFO     worker: batch settled id=7 note=\"two words\" size=50\n")
    }

    @Test("Colours are there when asked for, and the text between them is the same", arguments: Logger.Level.allCases)
    func colours(level: Logger.Level) {
        let event = event("message", level: level)
        let plain = line(.text(colour: false), event, ["key": "value"])
        let coloured = line(.text(colour: true), event, ["key": "value"])
        #expect(coloured.contains("\u{1b}["))
        #expect(coloured.replacing(#/\u{1b}\[[0-9;]*m/#, with: "") == plain)
    }

    @Test("A JSON line is one object; metadata keeps its structure, whole numbers and truth values")
    func json() throws {
        let metadata: Logger.Metadata = [
            "count": .stringConvertible(3), "ok": .stringConvertible(true), "ratio": .stringConvertible(0.5),
            "list": ["a", ["b": "c"]],
        ]
        let object = try object(line(.json, event("say \"hi\"", error: CancellationError()), metadata))
        #expect(object["time"] as? String == "2024-02-29T12:34:56.007Z")
        #expect(object["level"] as? String == "info")
        #expect(object["logger"] as? String == "worker")
        #expect(object["message"] as? String == "say \"hi\"")
        #expect(object["error"] as? String == "CancellationError()")
        let values = try #require(object["metadata"] as? NSDictionary)
        #expect(values == ["count": 3, "ok": true, "ratio": "0.5", "list": ["a", ["b": "c"]]] as NSDictionary)
    }

    @Test(
        "Text from outside can neither begin a line of its own nor steer a terminal",
        arguments: [
            "a\nINFO forged", "a\r\nb", "\u{1b}[2J", "\u{9b}31m", "\u{2028}", "\u{202e}txt.exe", "\0", "\u{7f}",
        ]
    )
    func injection(hostile: String) throws {
        for format in [LogLineFormat.text(colour: false), .json] {
            let line = line(format, event(hostile), [hostile: "\(hostile)"])
            #expect(line.unicodeScalars.filter { $0.properties.generalCategory == .control } == ["\n"])
            #expect(!line.unicodeScalars.contains { ["\u{2028}", "\u{202e}"].contains($0) })
        }
        #expect(try object(line(.json, event(hostile)))["message"] as? String == hostile)
    }

    @Test("A value that holds a blank, a quote or = cannot pass for two values")
    func ambiguousValues() {
        #expect(line(.text(colour: false), event("m"), ["k": "a b=c"]).hasSuffix(#" k="a b=c""# + "\n"))
        #expect(line(.text(colour: false), event("m"), ["k": ""]).hasSuffix(#" k="""# + "\n"))
        #expect(line(.text(colour: false), event(#"\n"#)).hasSuffix(#": \\n"# + "\n"))
    }

    @Test("An endless message is cut, and the line is still a JSON object")
    func longMessage() throws {
        let text = String(repeating: "ä", count: 1_000_000)
        let message = try #require(object(line(.json, event(text)))["message"] as? String)
        #expect(message.utf8.count < LogText.maximumLength + 8)
        #expect(message.hasSuffix("ä…"))
    }

    @Test("auto is text on a terminal and JSON elsewhere; NO_COLOR and dumb terminals get no colours")
    func formats() {
        let format = LogSettings.Format.auto
        #expect(format.lineFormat(isTerminal: false, environment: [:]) == .json)
        #expect(format.lineFormat(isTerminal: true, environment: [:]) == .text(colour: true))
        #expect(format.lineFormat(isTerminal: true, environment: ["NO_COLOR": ""]) == .text(colour: true))
        #expect(format.lineFormat(isTerminal: true, environment: ["NO_COLOR": "1"]) == .text(colour: false))
        #expect(format.lineFormat(isTerminal: true, environment: ["TERM": "dumb"]) == .text(colour: false))
        #expect(LogSettings.Format.text.lineFormat(isTerminal: false, environment: [:]) == .text(colour: false))
        #expect(LogSettings.Format.json.lineFormat(isTerminal: true, environment: [:]) == .json)
    }
}

@Suite("Log handler")
struct LineLogHandlerTests {
    /// Runs `body` with a log output, and returns the lines it wrote.
    private func lines(_ body: (LogOutput) async throws -> Void) async throws -> [[String: Any]] {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: url) }
        try Data().write(to: url)
        let file = try FileHandle(forWritingTo: url)
        try await body(LogOutput(descriptor: file.fileDescriptor))
        try file.close()
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map { line in
            try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test("The event's metadata wins over the task's, and that over the logger's")
    func metadata() async throws {
        let lines = try await lines { output in
            let provider = Logger.MetadataProvider { ["a": "task", "b": "task"] }
            var logger = Logger(label: "test") { label in
                LineLogHandler(label: label, level: .info, format: .json, output: output, metadataProvider: provider)
            }
            logger[metadataKey: "a"] = "logger"
            logger[metadataKey: "c"] = "logger"
            logger.info("message", metadata: ["b": "event"])
        }
        #expect(
            lines.first?["metadata"] as? NSDictionary == ["a": "task", "b": "event", "c": "logger"] as NSDictionary
        )
    }

    @Test("What is less important than the level is not written")
    func level() async throws {
        let lines = try await lines { output in
            let logger = Logger(label: "test") {
                LineLogHandler(label: $0, level: .notice, format: .json, output: output)
            }
            logger.info("hidden")
            logger.notice("shown")
        }
        #expect(lines.map { $0["message"] as? String } == ["shown"])
    }

    @Test("Lines of many tasks do not mix, however long")
    func concurrency() async throws {
        let lines = try await lines { output in
            let logger = Logger(label: "test") {
                LineLogHandler(label: $0, level: .info, format: .json, output: output)
            }
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        for index in 0..<100 {
                            logger.info("\(task)-\(index)", metadata: ["x": "\(String(repeating: "x", count: 9_000))"])
                        }
                    }
                }
            }
        }
        let messages = Set(lines.compactMap { $0["message"] as? String })
        #expect(lines.count == 800)
        #expect(messages.count == 800)
    }

    @Test("An output that is gone is no reason to stop")
    func brokenOutput() {
        let logger = Logger(label: "test") { label in
            LineLogHandler(label: label, level: .info, format: .json, output: LogOutput(descriptor: -1))
        }
        logger.info("nobody reads this")
    }
}
