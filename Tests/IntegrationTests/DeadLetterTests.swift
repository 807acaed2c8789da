import FlashSale
import FlashSaleStorage
import Redis
import Resilience
import TestSupport
import Testing

/// What an operator does about entries that could not be processed, and how they see that all work is done.
@Suite("Dead letters and open work")
struct DeadLetterTests {
    @Test(
        "An entry that was put aside is listed, retried with a new ticket at the back, and served; its letter is gone"
    )
    func retried() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            let letter = try await sale.putAside(["poison"], product.id)[0]
            #expect(letter.entry?.user.rawValue == "poison" && letter.entry?.ticket.rawValue == 1)
            #expect(letter.raw == Array("1:1:2:poison".utf8) && letter.reason == "tried" && letter.attempts == 1)
            #expect(try await sale.admin.deadLetter(letter.id) == letter)
            #expect(try await sale.standing(product.id, "poison")?.status == .failed)
            try await sale.join(product.id, "ann")
            #expect(try await sale.admin.retryDeadLetter(letter.id) == .joined(try #require(Ticket(3))))
            #expect(try await sale.admin.deadLetters(of: nil, limit: 10).isEmpty)
            try await sale.serve(try await sale.lease(product.id))
            let standing = try #require(try await sale.standing(product.id, "poison"))
            #expect(standing.status == .completed && standing.quantity == 2 && standing.ticket.rawValue == 3)
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("A retry that died before its end is repeated: nobody gets two places, and the letter goes at last")
    func repeatedAfterCrash() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            let letters = try await sale.putAside(["ann", "bob"], product.id)
            // What a retry leaves behind that is killed between joining and removing the letter.
            let ann = try await sale.join(product.id, "ann", quantity: 2).ticket
            let bob = try await sale.join(product.id, "bob", quantity: 2).ticket
            #expect(try await sale.admin.retryDeadLetter(letters[0].id) == .alreadyInLine(ann))
            try await sale.serve(try await sale.lease(product.id))
            #expect(try await sale.admin.retryDeadLetter(letters[1].id) == .decided(.completed))
            for letter in letters { #expect(try await sale.admin.retryDeadLetter(letter.id) == nil) }
            #expect(try await sale.count("SELECT COUNT(*) FROM decisions") == 4)
            #expect(try await sale.standing(product.id, "bob")?.ticket == bob)
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("A letter whose line has not been told yet is kept: its user still seems to wait at the place that failed")
    func notAcknowledged() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            try await sale.join(product.id, "ann")
            let lease = try await sale.lease(product.id)
            let claim = try await sale.claim(lease)
            let settled = try await sale.books.putAside(claim, of: product.id, fence: lease.fence, reason: "tried")
            let letter = try #require(try await sale.admin.deadLetters(of: product.id, limit: 10).first)
            #expect(try await sale.admin.retryDeadLetter(letter.id) == .notAcknowledged)
            #expect(try await sale.admin.deadLetter(letter.id) == letter)
            try await sale.acknowledge(claim, settled, lease)
            #expect(try await sale.admin.retryDeadLetter(letter.id) == .joined(try #require(Ticket(2))))
        }
    }

    @Test("What would be put aside after the line was sold out is sold out: no row beside the range, and no letter")
    func soldOutMeanwhile() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5)
            try await sale.join(product.id, "ann")
            let lease = try await sale.lease(product.id)
            let claim = try await sale.claim(lease)
            _ = try await sale.admin.withdraw(product.id, units: 5)
            _ = try await sale.sweep(lease)
            let settled = try await sale.books.putAside(claim, of: product.id, fence: lease.fence, reason: "tried")
            #expect(settled.decisions.map(\.status) == [.soldOut])
            try await sale.acknowledge(claim, settled, lease)
            #expect(try await sale.standing(product.id, "ann")?.status == .soldOut)
            #expect(try await sale.count("SELECT COUNT(*) FROM decisions") == 0)
            #expect(try await sale.count("SELECT COUNT(*) FROM dead_letters") == 0)
        }
    }

    @Test("Where joining is refused the letter is kept, with the reason; once it is possible, the retry goes through")
    func refused() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 1)
            let letter = try await sale.putAside(["late"], product.id, quantity: 1)[0]
            _ = try await sale.admin.setPaused(product.id, true)
            #expect(try await sale.admin.retryDeadLetter(letter.id) == .refused(.paused))
            _ = try await sale.admin.setPaused(product.id, false)
            try await sale.join(product.id, "ann")
            let lease = try await sale.lease(product.id)
            try await sale.serve(lease)
            #expect(try await sale.admin.retryDeadLetter(letter.id) == .refused(.soldOut))
            _ = try await sale.admin.restock(product.id, units: 1)
            // Else the worker would wait until the test's own lease is over.
            try await sale.books.releaseLeases(worker: "test")
            try await withWorkers(1, on: sale) {
                try await eventually("the line is open again") {
                    try await sale.admin.retryDeadLetter(letter.id)?.isDone == true
                }
                try await sale.waitForOrders(product.id, .completed, count: 2)
            }
            #expect(try await sale.admin.deadLetter(letter.id) == nil)
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("Bytes that nobody can read are kept whole, can't be retried, and are flushed")
    func unreadable() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 1)
            let bytes: [UInt8] = [0x32, 0x3A, 0x00, 0xFF, 0x0A]
            let push = RedisCommand("LPUSH", key: "flash_sale_queue:{\(product.id)}", [RedisArgument(bytes)])
            _ = try await sale.redis.send(push)
            try await sale.serve(try await sale.lease(product.id))
            let letter = try #require(try await sale.admin.deadLetters(of: product.id, limit: 1).first)
            #expect(letter.raw == bytes && letter.entry == nil)
            #expect(try await sale.admin.retryDeadLetter(letter.id) == .unreadable)
            #expect(try await sale.admin.deadLetter(letter.id) == letter)
            #expect(try await sale.admin.flushDeadLetters([letter.id, letter.id + 1]) == 1)
            #expect(try await sale.admin.deadLetters(of: nil, limit: 1).isEmpty)
        }
    }

    @Test("Letters are listed page by page, of one product or of all; an unknown product is named")
    func pages() async throws {
        try await Sale.with { sale in
            let first = try await sale.product(stock: 9)
            let second = try await sale.product(stock: 9)
            let lamps = try await sale.putAside(["ann", "bob", "cid"], first.id)
            let shoes = try await sale.putAside(["dan"], second.id)
            let page = try await sale.admin.deadLetters(of: nil, limit: 2)
            #expect(page == Array(lamps.prefix(2)))
            #expect(try await sale.admin.deadLetters(of: nil, limit: 9, after: page[1].id) == [lamps[2]] + shoes)
            #expect(try await sale.admin.deadLetters(of: second.id, limit: 9) == shoes)
            #expect(try await sale.admin.deadLetterNumbers(of: first.id) == lamps.map(\.id))
            #expect(try await sale.admin.deadLetterNumbers(of: nil).count == 4)
            let unknown = try #require(ProductID(404))
            await #expect(throws: UnknownProduct.self) {
                try await sale.admin.deadLetters(of: unknown, limit: 9)
            }
        }
    }

    @Test("The worker that serves a product is known with the time its lease still holds")
    func leases() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 1)
            _ = try await sale.lease(product.id, worker: "anna", for: .seconds(600))
            let holder = try #require(try await sale.admin.leaseHolders()[product.id])
            #expect(holder.worker == "anna" && holder.timeLeft > .seconds(1) && holder.timeLeft <= .seconds(600))
            try await sale.books.releaseLeases(worker: "anna")
            #expect(try await sale.admin.leaseHolders()[product.id] == nil)
        }
    }

    @Test("Work is open while anybody waits, is being served, has an order that is due, or a message for the shop")
    func openWork() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 5, checkout: .hold)
            func open(countsMessages: Bool = false) async throws -> OpenWork {
                try await sale.admin.openWork(countsMessages: countsMessages)
            }
            #expect(try await open().isEmpty)
            let order = try await sale.join(product.id, "ann").order
            #expect(try await open().waiting == 1)
            _ = try await sale.admin.setPaused(product.id, true)
            #expect(try await open().isEmpty, "nobody serves a paused line")
            _ = try await sale.admin.setPaused(product.id, false)
            let lease = try await sale.lease(product.id)
            let claim = try await sale.claim(lease)
            #expect(try await open().processing == 1)
            try await sale.settle(claim, lease)
            #expect(try await open().isEmpty)
            #expect(try await open(countsMessages: true).dueMessages == 1)
            let message = try #require(try await sale.outbox.claim(limit: 10, for: .seconds(60)).first)
            try await sale.outbox.delivered(message)
            #expect(try await open(countsMessages: true).isEmpty)
            try await sale.makeDue(order)
            #expect(try await open().dueOrders == 1)
            let sweep = try await sale.books.sweep(product.id, fence: lease.fence, limit: 10)
            #expect(try await open().dueOrders == 0)
            #expect(try await open().unshownOrders == 1)
            try await sale.served.show(sweep.changed, of: sweep.product, fence: lease.fence)
            try await sale.books.markShown(sweep)
            #expect(try await open().isEmpty)
            _ = try await sale.redis.send(RedisCommand("DEL", ["flash_sale:{\(product.id)}"]))
            #expect(try await open().unopenedLines == 1)
        }
    }
}

extension Sale {
    /// Has these users join, and puts their entries aside as a worker does that can't settle them.
    fileprivate func putAside(
        _ users: [String],
        _ product: ProductID,
        quantity: Int = 2
    ) async throws -> [DeadLetter] {
        for user in users { try await join(product, user, quantity: quantity) }
        let lease = try await lease(product)
        for _ in users {
            let claim = try await claim(lease, limit: 1)
            let settled = try await books.putAside(claim, of: product, fence: lease.fence, reason: "tried")
            try await acknowledge(claim, settled, lease)
        }
        let letters = try await admin.deadLetters(of: product, limit: 100)
        #expect(letters.count == users.count)
        return letters
    }
}
