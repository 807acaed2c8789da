import Glibc

/// A thread of its own for code that blocks, so that none of the cooperative pool's few threads ever does.
enum BlockingThread {
    /// Starts a thread that ends when `body` returns; throws if the system has no thread left.
    static func start(_ body: @escaping @Sendable () -> Void) throws {
        let box = Unmanaged.passRetained(Body(run: body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            box.toOpaque()
        )
        guard status == 0 else {
            box.release()
            throw MariaDBError(.other, "cannot start a thread: error \(status)", file: #fileID, line: #line)
        }
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
