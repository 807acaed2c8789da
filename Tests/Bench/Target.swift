import ArgumentParser

/// Where requests go: the host, port and path of an `http://` URL.
struct Target: ExpressibleByArgument {
    let host: String
    let port: Int
    let path: String

    /// Takes `http://HOST:PORT/PATH`; nil for anything else.
    init?(argument: String) {
        guard let match = argument.wholeMatch(of: #/http://([A-Za-z0-9.-]+):([0-9]{1,5})(/.*)/#),
            let port = Int(match.2), (1...65_535).contains(port)
        else { return nil }
        host = String(match.1)
        self.port = port
        path = String(match.3)
    }
}
