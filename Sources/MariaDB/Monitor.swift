import Glibc

/// What a waiting thread does next: go on with a result, or sleep until it is woken or the time is over.
enum WaiterTurn<Result> {
    case goOn(Result)
    case sleep(atMost: Duration?)
}

/// A value behind a lock, and a place to sleep for each of a fixed number of waiting threads.
///
/// Each waiter has a condition variable of its own, so a wake-up reaches exactly the thread it is meant for.
final class Monitor<Value>: @unchecked Sendable {
    // Sendable: `value` is only touched while `mutex` is held, and the pointers never change.
    private var value: Value
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let conditions: UnsafeMutableBufferPointer<pthread_cond_t>

    init(_ value: Value, waiters: Int) {
        self.value = value
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        conditions = .allocate(capacity: waiters)
        conditions.initialize(repeating: pthread_cond_t())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // A deadline must not move when somebody sets the clock.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        for condition in conditions.indices {
            pthread_cond_init(address(of: condition), &attributes)
        }
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        for condition in conditions.indices {
            pthread_cond_destroy(address(of: condition))
        }
        pthread_mutex_destroy(mutex)
        conditions.deallocate()
        mutex.deallocate()
    }

    func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// Blocks the calling thread, as this waiter, until `turn` says to go on; it is asked again after every wake-up.
    func wait<Result>(as waiter: Int, until turn: (inout Value) -> WaiterTurn<Result>) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            switch turn(&value) {
            case .goOn(let result):
                return result
            case .sleep(nil):
                pthread_cond_wait(address(of: waiter), mutex)
            case .sleep(let limit?):
                var deadline = Self.deadline(after: limit)
                pthread_cond_timedwait(address(of: waiter), mutex, &deadline)
            }
        }
    }

    func wake(_ waiters: some Sequence<Int>) {
        for waiter in waiters {
            pthread_cond_signal(address(of: waiter))
        }
    }

    private func address(of condition: Int) -> UnsafeMutablePointer<pthread_cond_t> {
        // The buffer has no base address only when it is empty, and then no index is valid either.
        conditions.baseAddress.unsafelyUnwrapped + condition
    }

    private static func deadline(after delay: Duration) -> timespec {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let (seconds, attoseconds) = delay.components
        let nanoseconds = now.tv_nsec + Int(attoseconds / 1_000_000_000)
        return timespec(
            tv_sec: now.tv_sec + Int(seconds) + nanoseconds / 1_000_000_000,
            tv_nsec: nanoseconds % 1_000_000_000
        )
    }
}
