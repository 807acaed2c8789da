import Foundation
import Glibc

/// One of the process's output streams.
struct Console: Sendable {
    /// Where data goes.
    static let standardOutput = Console(descriptor: STDOUT_FILENO)
    /// Where errors and warnings go.
    static let standardError = Console(descriptor: STDERR_FILENO)

    let usesColor: Bool
    /// Whether what was written can be replaced: a terminal that knows how to move its cursor.
    let canRedraw: Bool
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        let isTerminal = isatty(descriptor) == 1
        let environment = ProcessInfo.processInfo.environment
        usesColor = Self.usesColor(isTerminal: isTerminal, environment: environment)
        canRedraw = isTerminal && environment["TERM"] != "dumb"
    }

    /// Colour is for terminals, except `dumb` ones, and not for people who set `NO_COLOR` (no-color.org).
    static func usesColor(isTerminal: Bool, environment: [String: String]) -> Bool {
        isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    /// Writes the text and a line break, in as few pieces as the system takes, so that lines of threads do not mix.
    func write(_ text: String) {
        var bytes = Array((text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Whoever read us has gone.
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// How text looks on a terminal: an SGR code of ECMA-48.
enum TextStyle: Int, CaseIterable {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case magenta = 35
    case cyan = 36

    /// The text in this style, or as it is.
    func applied(to text: String, if isWanted: Bool) -> String {
        isWanted ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
