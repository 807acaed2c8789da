import FlashSale
import NIOCore
import NIOPosix
import Synchronization

/// The polls of one turn of an event loop, which are asked for together: the script then reads the sale once for all.
final class PollCollector {
    typealias Answer = (Result<Standing?, any Error>) -> Void

    /// What can be asked for with one command.
    struct Question: Hashable {
        let product: ProductID
        let renewsCarts: Bool
    }

    /// Who asks, and where each one's answer goes.
    struct Polls {
        var users: [UserID] = []
        var answers: [Answer] = []
    }

    /// The most users of one command: Redis does nothing else meanwhile, some 0.2 ms.
    static let mostUsers = 100

    private var questions: [Question: Polls] = [:]
    private var isScheduled = false

    /// Adds a poll; `send` is called once for all that are added until this turn of the event loop ends, or when they are
    /// as many as one command can hold.
    func add(
        _ user: UserID,
        _ question: Question,
        on eventLoop: any EventLoop,
        answer: @escaping Answer,
        send: @escaping (Question, Polls) -> Void
    ) {
        questions[question, default: Polls()].users.append(user)
        questions[question, default: Polls()].answers.append(answer)
        if questions[question]?.users.count == Self.mostUsers, let full = questions.removeValue(forKey: question) {
            send(question, full)
        }
        guard !isScheduled else { return }
        isScheduled = true
        eventLoop.assumeIsolated().execute { self.sendAll(send) }
    }

    private func sendAll(_ send: (Question, Polls) -> Void) {
        isScheduled = false
        let questions = questions
        self.questions.removeAll(keepingCapacity: true)
        for (question, polls) in questions { send(question, polls) }
    }
}

@available(*, unavailable)
extension PollCollector: Sendable {}

/// The collector of each event loop.
final class PollCollectors: Sendable {
    private let collectors = Mutex<[ObjectIdentifier: NIOLoopBound<PollCollector>]>([:])

    /// The collector of the event loop that the caller runs on.
    func collector(on eventLoop: any EventLoop) -> PollCollector {
        let bound = collectors.withLock { collectors in
            if let collector = collectors[ObjectIdentifier(eventLoop)] { return collector }
            let collector = NIOLoopBound(PollCollector(), eventLoop: eventLoop)
            collectors[ObjectIdentifier(eventLoop)] = collector
            return collector
        }
        return bound.value
    }
}
