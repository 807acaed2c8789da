import Glibc

/// Where a local server listens beside its Unix socket.
public enum LocalListener: Sendable, Equatable {
    /// Nowhere: only through its Unix socket.
    case socketOnly
    /// On a free TCP port of the loopback interface, the same one after a restart.
    case freePort
    /// On this TCP port of the loopback interface.
    case port(Int)

    /// Starts a server, and again with another port when a free one was taken before the server had it.
    func starting<Server>(_ start: () async throws -> Server) async throws -> Server {
        guard case .freePort = self else { return try await start() }
        for _ in 0..<4 {
            do {
                return try await start()
            } catch let error as LocalServerError where error.code == .exited {
                continue
            }
        }
        return try await start()
    }

    /// The port to use now; nil for none.
    func resolve() throws -> Int? {
        switch self {
        case .socketOnly: nil
        case .freePort: try LoopbackPort.free()
        case .port(let port): port
        }
    }
}

/// Free TCP ports of the loopback interface.
public enum LoopbackPort {
    /// A port nobody listens on at the moment; another process may take it before the caller does.
    ///
    /// - Throws: `LocalServerError` with `.cannotStart`.
    public static func free() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard bound else {
            throw LocalServerError(.cannotStart, "No free port on 127.0.0.1: \(String(cString: strerror(errno)))")
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
