import Logging

/// How a log event becomes one line.
public enum LogLineFormat: Sendable, Equatable {
    /// For a person: time, level, logger, message, `key=value` pairs; with colours or without.
    case text(colour: Bool)
    /// For a program: one JSON object with `time`, `level`, `logger`, `message`, and, where there are any, `error` and
    /// `metadata`.
    case json

    /// The line, with its line break; keys are sorted.
    func line(for event: LogEvent, logger: String, metadata: Logger.Metadata, at time: LogTimestamp) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        switch self {
        case .text(let colour):
            appendText(event, logger, metadata, time, colour: colour, to: &line)
        case .json:
            appendJSON(event, logger, metadata, time, to: &line)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private func appendText(
        _ event: LogEvent,
        _ logger: String,
        _ metadata: Logger.Metadata,
        _ time: LogTimestamp,
        colour: Bool,
        to line: inout [UInt8]
    ) {
        time.append(to: &line)
        let name = event.level.rawValue.uppercased()
        let level = name + String(repeating: " ", count: 8 - name.count)
        line.append(contentsOf: (colour ? " \(event.level.colour)\(level)\u{1b}[0m " : " \(level) ").utf8)
        LogText.appendPlain(logger, to: &line)
        line.append(contentsOf: ": ".utf8)
        LogText.appendPlain(event.message.description, to: &line)
        var pairs = metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value.text) }
        if let error = event.error { pairs.append(("error", "\(error)")) }
        for (key, value) in pairs {
            line.append(contentsOf: (colour ? " \u{1b}[2m" : " ").utf8)
            LogText.appendPlain(key, to: &line)
            line.append(contentsOf: (colour ? "=\u{1b}[0m" : "=").utf8)
            LogText.appendValue(value, to: &line)
        }
    }

    private func appendJSON(
        _ event: LogEvent,
        _ logger: String,
        _ metadata: Logger.Metadata,
        _ time: LogTimestamp,
        to line: inout [UInt8]
    ) {
        line.append(contentsOf: #"{"time":""#.utf8)
        time.append(to: &line)
        line.append(contentsOf: #"","level":"\#(event.level.rawValue)","logger":"#.utf8)
        LogText.appendJSON(logger, to: &line)
        line.append(contentsOf: #","message":"#.utf8)
        LogText.appendJSON(event.message.description, to: &line)
        if let error = event.error {
            line.append(contentsOf: #","error":"#.utf8)
            LogText.appendJSON("\(error)", to: &line)
        }
        if !metadata.isEmpty {
            line.append(contentsOf: #","metadata":"#.utf8)
            Logger.MetadataValue.dictionary(metadata).appendJSON(to: &line)
        }
        line.append(UInt8(ascii: "}"))
    }
}

extension Logger.Level {
    /// The escape sequence that turns a terminal to this level's colour.
    fileprivate var colour: String {
        switch self {
        case .trace, .debug: "\u{1b}[2m"
        case .info: "\u{1b}[32m"
        case .notice: "\u{1b}[36m"
        case .warning: "\u{1b}[33m"
        case .error: "\u{1b}[31m"
        case .critical: "\u{1b}[1;31m"
        }
    }
}

extension Logger.MetadataValue {
    /// A scalar as it is, anything else as JSON.
    fileprivate var text: String {
        switch self {
        case .string(let text): return text
        case .stringConvertible(let value): return value.description
        case .array, .dictionary:
            var bytes: [UInt8] = []
            appendJSON(to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    fileprivate func appendJSON(to line: inout [UInt8]) {
        switch self {
        case .string(let text):
            LogText.appendJSON(text, to: &line)
        case .stringConvertible(let value):
            // Whole numbers and truth values stay what they are; all else has no exact counterpart in JSON.
            if value is any BinaryInteger || value is Bool {
                line.append(contentsOf: value.description.utf8)
            } else {
                LogText.appendJSON(value.description, to: &line)
            }
        case .array(let values):
            line.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                value.appendJSON(to: &line)
            }
            line.append(UInt8(ascii: "]"))
        case .dictionary(let values):
            line.append(UInt8(ascii: "{"))
            for (index, pair) in values.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                LogText.appendJSON(pair.key, to: &line)
                line.append(UInt8(ascii: ":"))
                pair.value.appendJSON(to: &line)
            }
            line.append(UInt8(ascii: "}"))
        }
    }
}
