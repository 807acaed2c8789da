import FlashSale
import FlashSaleStorage
import Foundation
import NIOCore
import NIOPosix
import Redis
import Resilience
import TestSupport
import Testing

/// Joining and asking without a task, on event loops that have a connection of their own.
@Suite("The line: the fast path's way to it")
struct LinePromptTests {
    /// Asks on one of the client's event loops; nil when the line could not be asked there.
    private func ask<Value: Sendable>(
        _ question: @escaping @Sendable (@escaping (Result<Value, any Error>) -> Void) -> Bool
    ) async throws -> Value? {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = eventLoop.makePromise(of: Value?.self)
        eventLoop.execute {
            if !question({ promise.completeWith($0.map { .some($0) }) }) { promise.succeed(nil) }
        }
        return try await promise.futureResult.get()
    }

    /// Each event loop gets its connection in its own time.
    private func awaitConnections(_ sale: Sale) async throws {
        for eventLoop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
            try await eventually("each event loop has a connection") {
                try await eventLoop.submit { sale.redis.hasOwnConnection }.get()
            }
        }
    }

    @Test("A join is what it is for everybody else, and so is the second one")
    func join() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(limits: Product.Limits(maxPerUser: 2))
            try await awaitConnections(sale)
            let line = sale.line()
            let wish = JoinRequest(product: product.id, user: try UserID("ann"), quantity: 2)
            let first = try await ask { line.join(wish, answer: $0) }
            guard case .joined(let standing) = first else { throw UnexpectedAnswer(description: "\(first as Any)") }
            #expect(standing.ticket.rawValue == 1)
            #expect(standing.quantity == 2)
            guard case .alreadyInLine(let found) = try await line.join(wish) else {
                throw UnexpectedAnswer(description: "not in line")
            }
            #expect(found.ticket == standing.ticket)
            let greedy = JoinRequest(product: product.id, user: try UserID("bob"), quantity: 3)
            #expect(try await ask { line.join(greedy, answer: $0) } == .refused(.quantityTooHigh(maximum: 2)))
        }
    }

    @Test("Hundreds who ask in one turn each get their own standing, and nobody another's")
    func polls() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            try await awaitConnections(sale)
            for number in 1...5 { try await sale.join(product.id, "user\(number)", quantity: number) }
            let line = sale.line()
            let users = try (0..<250).map { try UserID("user\($0 % 7)") }
            let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
            let answers = try await eventLoop.flatSubmit {
                EventLoopFuture.whenAllSucceed(
                    users.map { user in
                        let promise = eventLoop.makePromise(of: Standing?.self)
                        let isAsked = line.standing(of: user, for: product.id, renewsCart: true) {
                            promise.completeWith($0)
                        }
                        #expect(isAsked)
                        return promise.futureResult
                    },
                    on: eventLoop
                )
            }.get()
            for (index, standing) in answers.enumerated() {
                let number = index % 7
                #expect(standing?.ticket.rawValue == ((1...5).contains(number) ? Int64(number) : nil))
                #expect(standing?.quantity == ((1...5).contains(number) ? number : nil))
                #expect(standing.map { $0.user == users[index] } != false)
            }
        }
    }

    @Test("Hundreds who join in one turn get their tickets in the order in which they asked, and each is judged alone")
    func joins() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(limits: Product.Limits(maxPerUser: 2, maxQueue: 215))
            try await awaitConnections(sale)
            // Commands that Redis does not know the script of are asked again one by one, several commands at a time.
            try await sale.join(try await sale.product().id, "first")
            let line = sale.line()
            // The last ones ask for the second time, two of them in the turn's first command.
            let wishes = try ((0..<230).map { ($0, $0 % 50 == 49 ? 3 : 1) } + [(0, 1), (1, 1), (229, 1)]).map { wish in
                JoinRequest(product: product.id, user: try UserID("user\(wish.0)"), quantity: wish.1)
            }
            let asked = Array(wishes[0..<60] + wishes[0..<2] + wishes[60...])
            let answers = try await allAnswers(to: asked, line)
            var tickets: [UserID: Int64] = [:]
            for (wish, answer) in zip(asked, answers) {
                switch answer {
                case .alreadyInLine(let standing):
                    #expect(standing.ticket.rawValue == tickets[wish.user])
                case .joined(let standing):
                    #expect(standing.ticket.rawValue == Int64(tickets.count + 1))
                    #expect(standing.user == wish.user && standing.quantity == 1 && standing.status == .queued)
                    #expect(tickets.updateValue(standing.ticket.rawValue, forKey: wish.user) == nil)
                case .refused(.quantityTooHigh(maximum: 2)): #expect(wish.quantity == 3)
                case .refused(.queueFull(maximum: 215)): #expect(tickets.count == 215 && tickets[wish.user] == nil)
                default: Issue.record("\(wish.user) was answered \(answer)")
                }
            }
            #expect(tickets.count == 215)
            let claim = try await sale.claim(try await sale.lease(product.id), limit: 1_000)
            #expect(claim.entries.map(\.ticket.rawValue) == Array(1...215))
            #expect(claim.entries.allSatisfy { tickets[$0.user] == $0.ticket.rawValue && $0.cart == .live })
        }
    }

    @Test("Hundreds who enter a draw at once, by a process that knows nothing of it: everybody enters, once")
    func entries() async throws {
        try await Sale.with { sale in
            let product = try await sale.drawnProduct(limits: Product.Limits(maxPerUser: 2, maxQueue: 1_000)).id
            try await awaitConnections(sale)
            let line = sale.line()
            let wishes = try (0..<300).map { number in
                JoinRequest(product: product, user: try UserID("user\(number)"), quantity: 1)
            }
            var numbers: Set<Int64> = []
            for answer in try await allAnswers(to: wishes, line) {
                switch answer {
                // A command that is asked again finds what it has done.
                case .joined(let standing), .alreadyInLine(let standing):
                    #expect(standing.status == .entered && standing.draw != nil)
                    numbers.insert(standing.ticket.rawValue)
                case .alreadyDecided, .refused: Issue.record("somebody was answered \(answer)")
                }
            }
            #expect(numbers == Set(1...300))

            // The time comes between two of the same people's commands.
            try await sale.endEntering(product)
            let more = try (200..<450).map { number in
                JoinRequest(product: product, user: try UserID("user\(number)"), quantity: 1)
            }
            var tickets: [Int64] = []
            for answer in try await allAnswers(to: more, line) {
                switch answer {
                case .joined(let standing):
                    #expect(standing.status == .queued)
                    tickets.append(standing.ticket.rawValue)
                case .alreadyInLine(let standing): #expect(standing.status == .entered)
                case .alreadyDecided, .refused: Issue.record("somebody was answered \(answer)")
                }
            }
            #expect(tickets.sorted() == Array(301...450))
        }
    }

    /// All ask in one turn of one event loop.
    private func allAnswers(to wishes: [JoinRequest], _ line: RedisPurchaseLine) async throws -> [JoinAnswer] {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        return try await eventLoop.flatSubmit {
            EventLoopFuture.whenAllSucceed(
                wishes.map { wish in
                    let promise = eventLoop.makePromise(of: JoinAnswer.self)
                    #expect(line.join(wish) { promise.completeWith($0) })
                    return promise.futureResult
                },
                on: eventLoop
            )
        }.get()
    }

    @Test("A Redis that has forgotten the scripts learns them, and everybody is answered")
    func forgottenScripts() async throws {
        try await Sale.with { sale in
            let product = try await sale.product()
            try await awaitConnections(sale)
            let line = sale.line()
            let ann = try UserID("ann")
            _ = try await sale.redis.send(RedisCommand("SCRIPT", ["FLUSH"]))
            let joined = try await ask {
                line.join(JoinRequest(product: product.id, user: ann, quantity: 1), answer: $0)
            }
            guard case .joined = joined else { throw UnexpectedAnswer(description: "\(joined as Any)") }
            _ = try await sale.redis.send(RedisCommand("SCRIPT", ["FLUSH"]))
            let standing = try await ask { line.standing(of: ann, for: product.id, renewsCart: true, answer: $0) }
            #expect(standing??.ticket.rawValue == 1)
        }
    }

    @Test("An unknown sale is one here too, and a caller without an event loop is sent the other way")
    func unknown() async throws {
        try await Sale.with { sale in
            try await awaitConnections(sale)
            let line = sale.line()
            let ann = try UserID("ann")
            let product = try #require(ProductID(987_654))
            await #expect(throws: UnknownSale.self) {
                _ = try await ask { line.standing(of: ann, for: product, renewsCart: true, answer: $0) }
            }
            #expect(
                try await ask { line.join(JoinRequest(product: product, user: ann, quantity: 1), answer: $0) }
                    == .refused(.unknownProduct)
            )
            #expect(!line.standing(of: ann, for: product, renewsCart: true) { _ in Issue.record("asked") })
        }
    }
}
