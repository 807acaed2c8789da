import FlashSale
import FlashSaleStorage
import Foundation
import NIOCore
import NIOPosix
import Redis
import TestSupport
import Testing

/// Joining and asking by callback: from an event loop, all who call in one tick share a command.
@Suite("The line: callbacks")
struct LineCallbackTests {
    /// Asks on one of the client's event loops, or on another one, where the answer has to come too.
    private func ask<Value: Sendable>(
        on eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next(),
        _ question: @escaping @Sendable (@escaping (Result<Value, any Error>) -> Void) -> Void
    ) async throws -> Value {
        try await ask(on: eventLoop, [question])[0].get()
    }

    /// Asks several things in one tick of an event loop; each is answered once.
    private func ask<Value: Sendable>(
        on eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next(),
        _ questions: [@Sendable (@escaping (Result<Value, any Error>) -> Void) -> Void]
    ) async throws -> [Result<Value, any Error>] {
        try await eventLoop.flatSubmit {
            EventLoopFuture.whenAllComplete(
                questions.map { question in
                    let promise = eventLoop.makePromise(of: Value.self)
                    var answers = 0
                    question { result in
                        #expect(eventLoop.inEventLoop)
                        answers += 1
                        #expect(answers == 1)
                        promise.completeWith(result)
                    }
                    return promise.futureResult
                },
                on: eventLoop
            )
        }.get()
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
            let answers = try await ask(
                users.map { user in
                    { line.standing(of: user, for: product.id, renewsCart: true, answer: $0) }
                }
            ).map { try $0.get() }
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

    /// All join in one tick of one event loop.
    private func allAnswers(to wishes: [JoinRequest], _ line: RedisPurchaseLine) async throws -> [JoinAnswer] {
        try await ask(wishes.map { wish in { line.join(wish, answer: $0) } }).map { try $0.get() }
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
            #expect(standing?.ticket.rawValue == 1)
        }
    }

    /// How often commands were called, by name, since a Redis of the test's own was told to count.
    private func calls(_ sale: Sale) async throws -> [String: Int] {
        let text = try await sale.redis.send(RedisCommand("INFO", ["commandstats"])).string()
        var calls: [String: Int] = [:]
        for line in text.split(separator: "\r\n") {
            guard let parts = line.wholeMatch(of: /cmdstat_([^:]+):calls=([0-9]+),.*/) else { continue }
            calls[String(parts.1)] = Int(parts.2)
        }
        return calls
    }

    private func startCounting(_ sale: Sale) async throws {
        _ = try await sale.redis.send(RedisCommand("CONFIG", ["RESETSTAT"]))
    }

    @Test("Scripts that are forgotten cost one more call for a hundred users, not a hundred; nobody loses their turn")
    func forgottenOften() async throws {
        try await Sale.with(ownRedis: true) { sale in
            let product = try await sale.product(limits: Product.Limits(maxPerUser: 2)).id
            try await awaitConnections(sale)
            let line = sale.line()
            var tickets: Int64 = 0
            for (round, count) in [1, 80, 250, 250, 100].enumerated() {
                let users = try (0..<count).map { try UserID("user\(round)-\($0)") }
                let commands = (count + 99) / 100
                _ = try await sale.redis.send(RedisCommand("SCRIPT", ["FLUSH"]))
                try await startCounting(sale)
                let joined = try await allAnswers(
                    to: users.map { JoinRequest(product: product, user: $0, quantity: 1) },
                    line
                )
                for (user, answer) in zip(users, joined) {
                    tickets += 1
                    guard case .joined(let standing) = answer else { throw UnexpectedAnswer(description: "\(answer)") }
                    #expect(standing.user == user && standing.ticket.rawValue == tickets)
                }
                var counted = try await calls(sale)
                #expect(counted["evalsha"] == commands && counted["eval"] == commands, "\(count) joins")

                _ = try await sale.redis.send(RedisCommand("SCRIPT", ["FLUSH"]))
                try await startCounting(sale)
                let found = try await ask(
                    users.map { user in { line.standing(of: user, for: product, renewsCart: true, answer: $0) } }
                )
                for (user, standing) in zip(users, found) { #expect(try standing.get()?.user == user) }
                counted = try await calls(sale)
                #expect(counted["evalsha"] == commands && counted["eval"] == commands, "\(count) polls")
            }
        }
    }

    @Test(
        "A draw that a process does not know of costs a look and one more call for a hundred users, and so does its end"
    )
    func unknownDraw() async throws {
        try await Sale.with(ownRedis: true) { sale in
            let product = try await sale.drawnProduct(limits: Product.Limits(maxPerUser: 2, maxQueue: 1_000)).id
            try await awaitConnections(sale)
            let users = try (0..<90).map { try UserID("user\($0)") }
            let wishes = users.map { JoinRequest(product: product, user: $0, quantity: 1) }
            try await startCounting(sale)
            for answer in try await allAnswers(to: wishes, sale.line()) {
                guard case .joined(let standing) = answer else { throw UnexpectedAnswer(description: "\(answer)") }
                #expect(standing.status == .entered)
            }
            // Each of the two scripts is new to this Redis, which so is told its text.
            var counted = try await calls(sale)
            #expect(counted["evalsha"] == 2 && counted["eval"] == 2)

            try await startCounting(sale)
            let line = sale.line()
            let found = try await ask(
                users.map { user in { line.standing(of: user, for: product, renewsCart: true, answer: $0) } }
            )
            for standing in found { #expect(try standing.get()?.status == .entered) }
            counted = try await calls(sale)
            #expect(counted["evalsha"] == 2 && counted["eval"] == 2)

            try await sale.endEntering(product)
            try await startCounting(sale)
            let late = try (0..<90).map { try UserID("late\($0)") }
            for answer in try await allAnswers(
                to: late.map { JoinRequest(product: product, user: $0, quantity: 1) },
                line
            ) {
                guard case .joined(let standing) = answer else { throw UnexpectedAnswer(description: "\(answer)") }
                #expect(standing.status == .queued)
            }
            counted = try await calls(sale)
            #expect(counted["evalsha"] == 2 && counted["eval"] == 1)
        }
    }

    @Test("An unknown sale is one here too")
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
        }
    }

    @Test("An event loop that has no connection of its own is answered all the same, together and where it is")
    func noConnection() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await Sale.with(ownRedis: true) { sale in
            let product = try await sale.product().id
            let line = sale.line()
            let wishes = try (0..<50).map { JoinRequest(product: product, user: try UserID("user\($0)"), quantity: 1) }
            for _ in 0..<2 {
                _ = try await sale.redis.send(RedisCommand("SCRIPT", ["FLUSH"]))
                try await startCounting(sale)
                let answers = try await ask(on: group.next(), wishes.map { wish in { line.join(wish, answer: $0) } })
                for (index, answer) in answers.enumerated() {
                    switch try answer.get() {
                    case .joined(let standing), .alreadyInLine(let standing):
                        #expect(standing.ticket.rawValue == Int64(index + 1) && standing.user == wishes[index].user)
                    case .alreadyDecided, .refused: Issue.record("\(answer)")
                    }
                }
                let counted = try await calls(sale)
                #expect(counted["evalsha"] == 1 && counted["eval"] == 1)
            }
        }
        try await group.shutdownGracefully()
    }

    @Test("A Redis that has gone: everybody who asked is told, once")
    func gone() async throws {
        try await Sale.with(ownRedis: true) { sale in
            let product = try await sale.product().id
            try await awaitConnections(sale)
            let line = sale.line()
            let wishes = try (0..<150).map { JoinRequest(product: product, user: try UserID("user\($0)"), quantity: 1) }
            try await sale.redisServer.kill()
            for _ in 0..<2 {
                let answers = try await ask(wishes.map { wish in { line.join(wish, answer: $0) } })
                for answer in answers { #expect(throws: StoreUnavailable.self) { try answer.get() } }
                try await eventually("the client knows") { !sale.redis.isReady }
            }
        }
    }

    @Test("Callers that are cancelled take nobody's answer along")
    func cancelled() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(limits: Product.Limits(maxPerUser: 2)).id
            try await awaitConnections(sale)
            let line = sale.line()
            let tasks = try (0..<400).map { number in
                let wish = JoinRequest(product: product, user: try UserID("user\(number)"), quantity: 1)
                return Task { try await line.join(wish) }
            }
            for (number, task) in tasks.enumerated() where number % 2 == 0 { task.cancel() }
            var tickets: Set<Int64> = []
            for (number, task) in tasks.enumerated() {
                guard case .joined(let standing) = try await task.value else {
                    throw UnexpectedAnswer(description: "user\(number) did not join")
                }
                #expect(standing.user.rawValue == "user\(number)")
                tickets.insert(standing.ticket.rawValue)
            }
            #expect(tickets == Set(1...400))
        }
    }
}
