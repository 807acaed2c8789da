import Glibc

/// Connects a plain socket to a port of this machine; what it sends or reads blocks its thread, for a minute at most.
///
/// - Returns: The descriptor, which the caller closes.
/// - Throws: ``NotConnected``.
public func blockingConnection(port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard connected == 0 else {
        let reason = errno
        close(descriptor)
        throw NotConnected(port: port, reason: reason)
    }
    return descriptor
}

/// Nobody listens there.
public struct NotConnected: Error, CustomStringConvertible {
    /// The port.
    public let port: Int
    /// The `errno` of the attempt.
    public let reason: Int32

    /// One line for a failed test.
    public var description: String { "no connection to port \(port), errno \(reason)" }
}
