import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix

/// Why an HTTP request got no answer, in words for an operator.
public enum HTTPFailure {
    /// The reason, without the details that only a debugger of the client wants.
    public static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? "The host \(error.host) has no address"
        default: "\(error)"
        }
    }
}
