import LocalServers

/// Where the operator's console of `flashsale dev` listens, and who may use it.
struct DevConsole {
    /// The port it would like to have.
    private static let usualPort = 8090

    let key: String
    /// The file that holds the key.
    let keyFile: String
    let port: Int

    /// Its address.
    var url: String { "http://127.0.0.1:\(port)" }

    init(key: String, keyFile: String, port: Int) {
        self.key = key
        self.keyFile = keyFile
        self.port = port
    }

    /// At the usual port, unless that is taken or the API's: then at any free one.
    init(key: String, keyFile: String, apiPort: Int) async throws {
        var port: Int?
        if apiPort != Self.usualPort { port = try? await PortCheck.resolve(Self.usualPort, host: "127.0.0.1") }
        self.init(key: key, keyFile: keyFile, port: try port ?? LoopbackPort.free())
    }
}
