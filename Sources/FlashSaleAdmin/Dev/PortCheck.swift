import Glibc
import LocalServers
import NIOCore
import NIOPosix

/// Whether the API will get its port: better known before the stores are started than after.
enum PortCheck {
    /// The port to use: `port` itself, or a free one for 0.
    ///
    /// - Throws: ``CommandFailure`` that says what to do when it is taken or needs privileges.
    static func resolve(_ port: Int, host: String) async throws -> Int {
        guard port != 0 else { return try LoopbackPort.free() }
        do {
            let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                // As servers do: connections of an earlier run that are not quite gone are no hindrance.
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: host, port: port).get()
            try await channel.close()
            return port
        } catch let error as IOError {
            throw failure(port, error.errnoCode) ?? error
        }
    }

    static func failure(_ port: Int, _ code: Int32) -> CommandFailure? {
        switch code {
        case EADDRINUSE:
            .refused(
                """
                Port \(port) is in use by another program.
                Choose another one, such as --port \(port < 65_535 ? port + 1 : port - 1), or --port 0 for any free one.
                """
            )
        case EACCES: .refused("Port \(port) needs privileges that we lack. Choose one above 1023 with --port.")
        default: nil
        }
    }
}
