import NIOCore

/// Runs a task's jobs on one event loop.
///
/// A request is read, worked on and answered on the loop of its connection, and the Redis client has a connection there:
/// no thread is woken, and nothing changes hands.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
