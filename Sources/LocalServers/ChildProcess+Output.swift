import Dispatch
import Foundation
import Glibc

/// The descriptor a child writes one of its streams to, and our end of it.
struct OutputDescriptor {
    /// What the child gets.
    let descriptor: Int32
    private let isOurs: Bool
    private let reader: (descriptor: Int32, handler: @Sendable (String) -> Void)?

    /// Opens what `output` asks for; `inherited` is our own descriptor of the same stream.
    init(_ output: ChildProcess.Output, inherited: Int32) throws {
        switch output {
        case .inherit:
            (descriptor, isOurs, reader) = (inherited, false, nil)
        case .discard:
            (descriptor, isOurs, reader) = (try Self.open("/dev/null", O_WRONLY), true, nil)
        case .file(let path):
            (descriptor, isOurs, reader) = (try Self.open(path, O_WRONLY | O_APPEND | O_CREAT), true, nil)
        case .lines(let handler):
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else {
                throw LocalServerError(.cannotStart, "No pipe: \(String(cString: strerror(errno)))")
            }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (descriptor, isOurs, reader) = (ends[1], true, (ends[0], handler))
        }
    }

    private static func open(_ path: String, _ flags: Int32) throws -> Int32 {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LocalServerError(.badFile, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    /// Closes our copy of the child's end.
    ///
    /// Without this, a reader would never see the end of the stream.
    func closeOurs() {
        if isOurs { close(descriptor) }
    }

    /// Starts the thread that reads lines until the stream ends, and leaves `group` then.
    func startReading(in group: DispatchGroup) {
        guard let reader else { return }
        group.enter()
        let thread = Thread {
            var lines = LineSplitter()
            var buffer = [UInt8](repeating: 0, count: 16_384)
            while true {
                let count = read(reader.descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                for line in lines.append(buffer[..<count]) { reader.handler(line) }
            }
            if let rest = lines.finish() { reader.handler(rest) }
            close(reader.descriptor)
            group.leave()
        }
        thread.name = "child output"
        thread.start()
    }
}

/// Cuts a stream of bytes into lines, in bounded memory.
struct LineSplitter {
    /// Longer lines come in pieces of this many bytes.
    static let maximumLength = 65_536

    private var pending: [UInt8] = []

    /// The lines that `bytes` completes.
    mutating func append(_ bytes: some Collection<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                lines.append(take())
            } else {
                pending.append(byte)
                if pending.count == Self.maximumLength { lines.append(take()) }
            }
        }
        return lines
    }

    /// What came after the last line break; nil when nothing did.
    mutating func finish() -> String? {
        pending.isEmpty ? nil : take()
    }

    private mutating func take() -> String {
        defer { pending.removeAll(keepingCapacity: true) }
        return String(decoding: pending, as: UTF8.self)
    }
}
