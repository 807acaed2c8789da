/// Where a database server listens, as the configuration has it: `redis://host:port` or `unix:/path`.
public struct ServerAddress: Sendable, Equatable {
    /// The two kinds of places.
    public enum Endpoint: Sendable, Equatable {
        /// A host name or an IP address, and a port.
        case tcp(host: String, port: Int)
        /// A Unix socket.
        case unixSocket(path: String)
    }

    /// The place.
    public var endpoint: Endpoint
    /// Whether the scheme asks for TLS: `rediss` does.
    public var isEncrypted: Bool

    /// An address.
    public init(_ endpoint: Endpoint, isEncrypted: Bool = false) {
        self.endpoint = endpoint
        self.isEncrypted = isEncrypted
    }

    /// Parses an address.
    ///
    /// `schemes` are those that are known; one that ends in `ss` asks for TLS. Without a port it is `defaultPort`.
    /// User, password and path are refused: they have settings of their own.
    init?(_ text: String, schemes: [String], defaultPort: Int) {
        if text.hasPrefix("unix:/") {
            self.init(.unixSocket(path: String(text.dropFirst("unix:".count))))
            return
        }
        guard let scheme = schemes.first(where: { text.hasPrefix("\($0)://") }) else { return nil }
        var rest = text.dropFirst(scheme.count + 3)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard let (host, port) = Self.splitPort(rest, defaultPort: defaultPort) else { return nil }
        self.init(.tcp(host: host, port: port), isEncrypted: scheme.hasSuffix("ss"))
    }

    private static func splitPort(_ text: Substring, defaultPort: Int) -> (String, Int)? {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            // An IPv6 address, in brackets because of its colons.
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[end...].dropFirst()
            guard rest.isEmpty || rest.hasPrefix(":"), host.contains(":") else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        let isHost =
            !host.isEmpty
            && host.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        guard isHost else { return nil }
        guard let port else { return (String(host), defaultPort) }
        guard let number = UInt16(port), number > 0, !port.hasPrefix("+") else { return nil }
        return (String(host), Int(number))
    }
}

extension ServerAddress: CustomStringConvertible {
    /// For a person: `host:port` or the socket's path.
    public var description: String {
        switch endpoint {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path): path
        }
    }
}
