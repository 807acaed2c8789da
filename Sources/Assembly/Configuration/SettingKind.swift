import Logging

/// How the values of a setting are written.
struct SettingKind<Value: Sendable>: Sendable {
    /// Stands for a value in `--http-port NUMBER`.
    let placeholder: String
    /// What is allowed, so that it completes "is not …".
    let expected: String
    /// The value of a text; nil when it is not allowed.
    let parse: @Sendable (String) -> Value?
    /// A value as it is written; nil for none.
    let format: @Sendable (Value) -> String?

    /// The same values, or none.
    var optional: SettingKind<Value?> {
        SettingKind<Value?>(
            placeholder: placeholder,
            expected: expected,
            parse: { text in parse(text).map { .some($0) } },
            format: { value in value.flatMap(format) }
        )
    }
}

extension SettingKind where Value == Int {
    /// Whole numbers of a range; `unit` says what they count.
    static func integer(in range: ClosedRange<Int>, unit: String = "") -> SettingKind {
        let counted = unit.isEmpty ? "" : " of \(unit)"
        return SettingKind(
            placeholder: "NUMBER",
            expected: "a whole number\(counted) from \(range.lowerBound) to \(range.upperBound)",
            parse: { text in Int(text).flatMap { range.contains($0) && !text.hasPrefix("+") ? $0 : nil } },
            format: { String($0) }
        )
    }
}

extension SettingKind where Value == Duration {
    /// Durations of a range.
    static func duration(in range: ClosedRange<Duration>) -> SettingKind {
        let bounds = "from \(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
        return SettingKind(
            placeholder: "DURATION",
            expected: "a whole number with its unit (ms, s, m or h) \(bounds), such as 250ms",
            parse: { text in DurationText.parse(text).flatMap { range.contains($0) ? $0 : nil } },
            format: { DurationText.format($0) }
        )
    }
}

extension SettingKind where Value == String {
    /// Any text without control characters, of 1 to 255 characters.
    static var text: SettingKind {
        SettingKind(
            placeholder: "TEXT",
            expected: "a text of 1 to 255 characters without control characters",
            parse: { text in
                let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
                return 1...255 ~= text.count && isPlain ? text : nil
            },
            format: { $0 }
        )
    }

    /// Names of databases and users, which are used in SQL and in connections.
    static var name: SettingKind {
        SettingKind(
            placeholder: "NAME",
            expected: "a name of 1 to 64 characters out of A–Z, a–z, 0–9, _ and -",
            parse: { $0.wholeMatch(of: #/[A-Za-z0-9_-]{1,64}/#) == nil ? nil : $0 },
            format: { $0 }
        )
    }

    /// Host names and addresses to listen on.
    static var host: SettingKind {
        SettingKind(
            placeholder: "HOST",
            expected: "a host name or an IP address",
            parse: { $0.wholeMatch(of: #/[A-Za-z0-9._:-]{1,253}/#) == nil ? nil : $0 },
            format: { $0 }
        )
    }

    /// Paths of files.
    static var file: SettingKind {
        SettingKind(
            placeholder: "FILE",
            expected: "the path of a file",
            parse: { $0.isEmpty || $0.contains("\0") ? nil : $0 },
            format: { $0 }
        )
    }
}

extension SettingKind where Value == Secret {
    /// Passwords and keys, of one line.
    static var secret: SettingKind {
        SettingKind(
            placeholder: "SECRET",
            expected: "a text of 1 to 1024 characters on one line",
            parse: { text in 1...1_024 ~= text.count && !text.contains(where: \.isNewline) ? Secret(text) : nil },
            format: { _ in Secret.mask }
        )
    }
}

extension SettingKind where Value == ServerAddress {
    /// Addresses of Redis.
    static var redisAddress: SettingKind {
        address(
            schemes: ["redis", "rediss"],
            port: 6379,
            expected: "redis://HOST:PORT, rediss://HOST:PORT or unix:/PATH"
        )
    }

    /// Addresses of MariaDB.
    static var mariadbAddress: SettingKind {
        address(schemes: ["mariadb"], port: 3306, expected: "mariadb://HOST:PORT or unix:/PATH")
    }

    private static func address(schemes: [String], port: Int, expected: String) -> SettingKind {
        SettingKind(
            placeholder: "ADDRESS",
            expected: expected,
            parse: { ServerAddress($0, schemes: schemes, defaultPort: port) },
            format: { address in
                switch address.endpoint {
                case .unixSocket(let path): "unix:\(path)"
                case .tcp: "\(address.isEncrypted ? schemes[schemes.count - 1] : schemes[0])://\(address)"
                }
            }
        )
    }
}

extension SettingKind where Value: RawRepresentable<String> & CaseIterable {
    /// One of a few words.
    static var choice: SettingKind {
        let words = Value.allCases.map(\.rawValue)
        return SettingKind(
            placeholder: "WORD",
            expected: words.count == 2 ? "\(words[0]) or \(words[1])" : "one of \(words.joined(separator: ", "))",
            parse: { Value(rawValue: $0) },
            format: { $0.rawValue }
        )
    }
}
