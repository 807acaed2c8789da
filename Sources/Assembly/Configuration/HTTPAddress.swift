import Foundation

/// A URL that requests are sent to.
///
/// User and password are refused: a URL is shown in logs and by `flashsale config`.
struct HTTPAddress: Sendable, Equatable {
    /// The URL, without a slash at its end.
    let text: String

    /// Parses `http://…` or `https://…` with a host; without a fragment.
    init?(_ text: String) {
        guard
            text.utf8.count <= 2_048,
            text.unicodeScalars.allSatisfy({ (0x21...0x7e).contains($0.value) }),
            let parts = URLComponents(string: text),
            ["http", "https"].contains(parts.scheme),
            let host = parts.host, !host.isEmpty,
            parts.port.map({ (1...65_535).contains($0) }) ?? true,
            parts.user == nil, parts.password == nil, parts.fragment == nil
        else { return nil }
        self.text = text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}

/// Where messages to the shop go.
public enum OutboxTarget: Sendable, Equatable {
    /// Into the worker's log, for people who try things out.
    case log
    /// To the shop, at this URL.
    case http(url: String)
}

extension SettingKind where Value == String {
    /// The URL of a server.
    static var httpAddress: SettingKind {
        SettingKind(
            placeholder: "URL",
            expected: "a URL that begins with http:// or https://, without user, password and #",
            parse: { HTTPAddress($0)?.text },
            format: { $0 }
        )
    }
}

extension SettingKind where Value == OutboxTarget {
    private static var logWord: String { "log" }

    /// The URL of the shop, or the word `log`.
    static var outboxTarget: SettingKind {
        SettingKind(
            placeholder: "URL",
            expected: "\(logWord), or \(SettingKind<String>.httpAddress.expected)",
            parse: { $0 == logWord ? .log : HTTPAddress($0).map { .http(url: $0.text) } },
            format: { target in
                switch target {
                case .log: logWord
                case .http(let url): url
                }
            }
        )
    }
}
