import NIOCore
import NIOPosix
import Synchronization

/// What users ask for in one turn of an event loop, to be asked with one command: its script then reads the sale once for all.
///
/// `Question` is what all users of a command have in common, `Wish` what each of them adds.
final class TurnCollector<Question: Hashable, Wish, Value> {
    typealias Answer = (Result<Value, any Error>) -> Void

    /// Who asks, and where each one's answer goes.
    struct Group {
        var wishes: [Wish] = []
        var answers: [Answer] = []
    }

    /// The most users of one command: Redis does nothing else meanwhile, some 0.5 ms.
    static var mostUsers: Int { 100 }

    private var groups: [Question: Group] = [:]
    private var isScheduled = false

    /// Adds a wish; `send` is called once for all that are added until this turn of the event loop ends, or when they are as
    /// many as one command can hold.
    func add(
        _ wish: Wish,
        to question: Question,
        on eventLoop: any EventLoop,
        answer: @escaping Answer,
        send: @escaping (Question, Group) -> Void
    ) {
        if groups[question, default: Group()].add(wish, answer) == Self.mostUsers,
            let full = groups.removeValue(forKey: question)
        {
            send(question, full)
        }
        guard !isScheduled else { return }
        isScheduled = true
        eventLoop.assumeIsolated().execute { self.sendAll(send) }
    }

    private func sendAll(_ send: (Question, Group) -> Void) {
        isScheduled = false
        let groups = groups
        self.groups.removeAll(keepingCapacity: true)
        for (question, group) in groups { send(question, group) }
    }
}

extension TurnCollector.Group {
    /// Returns how many there are now.
    fileprivate mutating func add(_ wish: Wish, _ answer: @escaping TurnCollector.Answer) -> Int {
        wishes.append(wish)
        answers.append(answer)
        return wishes.count
    }
}

@available(*, unavailable)
extension TurnCollector: Sendable {}

/// The collector of each event loop.
final class TurnCollectors<Question: Hashable & Sendable, Wish, Value>: Sendable {
    private typealias Bound = NIOLoopBound<TurnCollector<Question, Wish, Value>>

    private let collectors = Mutex<[ObjectIdentifier: Bound]>([:])

    /// The collector of the event loop that the caller runs on.
    func collector(on eventLoop: any EventLoop) -> TurnCollector<Question, Wish, Value> {
        let bound = collectors.withLock { collectors in
            if let collector = collectors[ObjectIdentifier(eventLoop)] { return collector }
            let collector = Bound(TurnCollector(), eventLoop: eventLoop)
            collectors[ObjectIdentifier(eventLoop)] = collector
            return collector
        }
        return bound.value
    }
}
