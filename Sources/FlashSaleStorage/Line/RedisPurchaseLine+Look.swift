public import FlashSale
import Redis
import Resilience

extension RedisPurchaseLine: WatchedLine {
    /// The most tickets that left which one look names: whoever else left is found when the cart is looked at.
    private static let mostLeft = 500

    /// Looks at a line, and at some who wait in it: one script, one round trip.
    public func look(at product: ProductID, for users: [WatchedUser]) async throws -> LineSighting {
        precondition(users.count <= LineSighting.mostUsers, "the script's loop is bounded")
        if let drawAt = sender.draws.drawAt(of: product) { return try await look(at: product, for: users, drawAt) }
        let sighting = try await look(at: product, for: users, nil)
        guard sighting.progress.saleState == .upcoming, let drawAt = try await sender.lookForDraw(of: product) else {
            return sighting
        }
        return try await look(at: product, for: users, drawAt)
    }

    private func look(
        at product: ProductID,
        for users: [WatchedUser],
        _ drawAt: Timestamp?
    ) async throws -> LineSighting {
        let keys = LineKeys(product)
        let highest = sender.handedOut.highest(of: product)
        var arguments: [RedisArgument] = [
            RedisArgument(product.rawValue), RedisArgument(highest.nonce), RedisArgument(highest.ticket),
            RedisArgument(users.isEmpty ? 0 : Self.mostLeft),
        ]
        arguments.reserveCapacity(4 + 3 * users.count)
        for user in users {
            arguments.append(RedisArgument(user.user.rawValue))
            arguments.append(RedisArgument(user.awaited?.rawValue ?? 0))
            arguments.append(user.renewsCart ? "1" : "0")
        }
        let reply = try await sender.redis.run(
            drawAt == nil ? LineScripts.look : LineScripts.drawLook,
            keys: [keys.sale, keys.outcomes, keys.left, keys.pace],
            arguments
        )
        switch reply.word {
        case "line":
            var sighting = try sighting(reply, product, users, drawAt)
            if let drawAt { sighting.progress.draw = try await pendingDraw(of: product, drawAt) }
            return sighting
        case "unknown": throw UnknownSale(product: product)
        default: throw reply.unexpected()
        }
    }

    /// Nil once every entrant has a place.
    private func pendingDraw(of product: ProductID, _ drawAt: Timestamp) async throws -> PendingDraw? {
        do {
            let fields = RedisCommand("HMGET", key: LineKeys(product).sale, ["entrants", "placed_rank"])
            let values = try await sender.redis.send(fields).array().map { try $0.optionalString() }
            guard values.count == 2, values[1] == nil else { return nil }
            return PendingDraw(entrants: values[0].flatMap { Int64($0) } ?? 0, drawAt: drawAt)
        } catch {
            throw StoreUnavailable.telling(error, "Redis did not show the draw")
        }
    }

    private func sighting(
        _ reply: ScriptReply,
        _ product: ProductID,
        _ users: [WatchedUser],
        _ drawAt: Timestamp?
    ) throws -> LineSighting {
        do {
            let progress = try progress(reply, product)
            let decoder = QueueStatusDecoder(
                product: product,
                servedTicket: progress.servedTicket,
                lastTicket: progress.lastTicket,
                saleState: progress.saleState,
                stockState: progress.stockState,
                drawAt: drawAt
            )
            let left = try reply.array(12).compactMap { Ticket(text: try $0.string()) }
            return LineSighting(
                progress: progress,
                standings: try standings(try reply.list(13), reply, decoder, users),
                left: Set(left)
            )
        } catch {
            throw StoreUnavailable.telling(error, "Redis did not show the line")
        }
    }

    private func progress(_ reply: ScriptReply, _ product: ProductID) throws -> LineProgress {
        guard let state = SaleState(rawValue: try reply.text(3)), let stock = StockState(rawValue: try reply.text(4))
        else { throw reply.unexpected() }
        let now = Timestamp(milliseconds: try reply.integer(1))
        let opensAt = Timestamp(milliseconds: try reply.integer(8))
        return LineProgress(
            product: product,
            nonce: try reply.text(2),
            seenAt: now,
            saleState: state,
            stockState: stock,
            availableStock: Int(try reply.integer(5)),
            servedTicket: try reply.integer(6),
            lastTicket: try reply.integer(7),
            soldOutAfter: Int64(try reply.text(9)),
            opensAt: state == .upcoming ? opensAt : nil,
            cartSeconds: Int(try reply.integer(10)),
            pace: PaceCodec.pace(try reply.array(11).map { try $0.string() }, now: now)
        )
    }

    private func standings(
        _ values: ScriptList,
        _ reply: ScriptReply,
        _ decoder: QueueStatusDecoder,
        _ users: [WatchedUser]
    ) throws -> [UserID: Standing?] {
        var standings: [UserID: Standing?] = [:]
        for start in stride(from: 0, to: values.count - 5, by: 6) {
            let number = Int(try values.integer(start))
            guard users.indices.contains(number - 1) else { throw reply.unexpected() }
            let user = users[number - 1].user
            standings[user] = .some(try decoder.status(of: user, in: values, at: start + 1))
        }
        return standings
    }
}
