import NIOCore
import NIOPosix
import Synchronization

/// Collects what users ask for in one tick of an event loop, to be sent as one command: its script then reads the sale once
/// for all.
///
/// `Question` is what all users of a command have in common, `Request` what each of them adds.
final class RequestCoalescer<Question: Hashable, Request, Value> {
    typealias Callback = (Result<Value, any Error>) -> Void

    /// Who asks, and where each one's answer goes.
    struct Batch {
        var requests: [Request] = []
        var callbacks: [Callback] = []
    }

    /// The most users of one command: Redis does nothing else meanwhile, some 0.5 ms.
    static var mostUsers: Int { 100 }

    private let eventLoop: any EventLoop
    private let send: (Question, Batch) -> Void
    private var batches: [Question: Batch] = [:]
    /// The batches of the last tick while they are sent; then empty, and kept for its memory.
    private var leaving: [Question: Batch] = [:]
    private var isScheduled = false

    /// - Parameter send: Called once for all who ask the same in one tick, or when they are as many as one command can hold.
    init(eventLoop: any EventLoop, send: @escaping (Question, Batch) -> Void) {
        self.eventLoop = eventLoop
        self.send = send
    }

    /// Adds a request of this tick.
    func add(_ request: Request, to question: Question, callback: @escaping Callback) {
        if batches[question, default: Batch()].add(request, callback) == Self.mostUsers,
            let full = batches.removeValue(forKey: question)
        {
            send(question, full)
        }
        guard !isScheduled else { return }
        isScheduled = true
        eventLoop.assumeIsolated().execute { self.sendAll() }
    }

    private func sendAll() {
        isScheduled = false
        // A callback may add the next request while the others are sent.
        swap(&batches, &leaving)
        for (question, batch) in leaving { send(question, batch) }
        leaving.removeAll(keepingCapacity: true)
    }
}

extension RequestCoalescer.Batch {
    /// Returns how many there are now.
    fileprivate mutating func add(_ request: Request, _ callback: @escaping RequestCoalescer.Callback) -> Int {
        requests.append(request)
        callbacks.append(callback)
        return requests.count
    }
}

@available(*, unavailable)
extension RequestCoalescer: Sendable {}

/// The coalescer of each event loop.
final class RequestCoalescers<Question: Hashable & Sendable, Request: Sendable, Value>: Sendable {
    typealias Coalescer = RequestCoalescer<Question, Request, Value>
    private typealias Bound = NIOLoopBound<Coalescer>

    private let send: @Sendable (Question, Coalescer.Batch) -> Void
    private let coalescers = Mutex<[ObjectIdentifier: Bound]>([:])

    /// - Parameter send: Called on the event loop whose callers a batch has.
    init(send: @escaping @Sendable (Question, Coalescer.Batch) -> Void) { self.send = send }

    /// Adds a request to those of the event loop that the caller runs on, or of any if it runs on none.
    func add(_ request: Request, to question: Question, callback: @escaping Coalescer.Callback) {
        if let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop {
            coalescer(on: eventLoop).add(request, to: question, callback: callback)
        } else {
            let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
            let callback = HandedOver(callback: callback)
            eventLoop.execute {
                self.coalescer(on: eventLoop).add(request, to: question, callback: callback.callback)
            }
        }
    }

    /// Unchecked: the caller gives the callback away, to be called once on whichever thread.
    private struct HandedOver: @unchecked Sendable {
        let callback: Coalescer.Callback
    }

    private func coalescer(on eventLoop: any EventLoop) -> Coalescer {
        let bound = coalescers.withLock { coalescers in
            if let coalescer = coalescers[ObjectIdentifier(eventLoop)] { return coalescer }
            let coalescer = Bound(Coalescer(eventLoop: eventLoop, send: send), eventLoop: eventLoop)
            coalescers[ObjectIdentifier(eventLoop)] = coalescer
            return coalescer
        }
        return bound.value
    }
}
