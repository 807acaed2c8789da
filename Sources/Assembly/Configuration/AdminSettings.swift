public import FlashSale

/// The operator's listener.
public struct AdminSettings: Sendable, Equatable {
    /// The address it listens on.
    public var host: String
    /// The TCP port; 0 takes any free one.
    public var port: Int
    /// Who may; without a key there is no such listener.
    public var keys: OperatorKeys?

    init(reading reader: inout SettingReader) {
        host = reader.read(Settings.adminHost)
        port = reader.read(Settings.adminPort)
        keys = reader.read(Settings.adminKey)
    }

    /// Whether only this machine can connect.
    var isLoopback: Bool { APIConfiguration.isLoopback(host) }

    /// What an operator should know at the start; nil for nothing.
    var notice: String? {
        guard keys != nil, !isLoopback else { return nil }
        return "the operator's listener has no TLS of its own, and admin.host is \(host):"
            + " whoever can read along gets the key. Put a proxy with TLS in front of it, or set admin.host to 127.0.0.1"
    }
}

extension SettingKind where Value == OperatorKeys {
    /// Keys of the operator, several while one takes another's place.
    static var operatorKeys: SettingKind {
        SettingKind(
            placeholder: "KEY",
            expected: "1 to 4 keys separated by commas, each of 16 to 256 letters, digits and . _ ~ + / = -",
            parse: { text in
                let keys = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                let isPlain = keys.allSatisfy { $0.wholeMatch(of: #/[A-Za-z0-9._~+\/=-]{16,256}/#) != nil }
                return isPlain && keys.count <= 4 ? OperatorKeys(keys) : nil
            },
            format: { _ in Secret.mask }
        )
    }
}

extension Settings {
    // MARK: The operator's listener

    static let adminHost = Setting(
        "admin.host",
        .host,
        default: "127.0.0.1",
        for: [.api],
        "The address that the operator's console and API listen on, once admin.key is set."
    )
    static let adminPort = Setting(
        "admin.port",
        .integer(in: 0...65_535),
        default: 8090,
        for: [.api],
        "The TCP port of the operator's console and API; 0 takes any free one."
    )
    static let adminKey = Setting(
        "admin.key",
        optional: .operatorKeys,
        for: [.api],
        isSecret: true,
        "The operator's key; several while a new one takes the old one's place. Without it there is no console."
    )
}
