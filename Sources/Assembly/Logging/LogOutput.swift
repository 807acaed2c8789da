import Glibc
import NIOConcurrencyHelpers

/// Where log lines go: a file descriptor, whole lines only.
public final class LogOutput: Sendable {
    /// Our standard error.
    public static let standardError = LogOutput(descriptor: STDERR_FILENO)

    private let descriptor: Int32
    private let lock = NIOLock()

    /// Lines go to `descriptor`, which stays open for as long as this lives; nobody closes it here.
    public init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes a line, in one call where the kernel takes it in one.
    ///
    /// A line that cannot be written is lost: a full disk or a closed pipe must not stop a sale.
    func write(_ line: [UInt8]) {
        // Under a lock because the kernel may take a long line in pieces, and no other line may come between them.
        lock.withLock {
            line.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    if count > 0 {
                        rest = rest.dropFirst(count)
                    } else if count == -1, errno == EAGAIN, waitUntilWritable() {
                        continue
                    } else if count == 0 || errno != EINTR {
                        return
                    }
                }
            }
        }
    }

    /// For a descriptor somebody made non-blocking: whether it took more within 100 ms.
    private func waitUntilWritable() -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return Glibc.poll(&poll, 1, 100) == 1
    }
}
