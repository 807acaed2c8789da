import FlashSale

extension World {
    /// Something breaks that is larger than a call.
    func breakSomething() {
        guard hasFaults, rules.callFaults > 0 else { return }
        switch random.below(9) {
        case 0: workers[random.below(workers.count)].kill()
        case 1: callsAway[.redis] = random.within(1...8)
        case 2: callsAway[.database] = random.within(1...8)
        case 3: pushUnreadableEntry()
        case 4: jumpClock()
        case 5, 6: snapshots.append(line.products)
        case 7 where rules.losesData: flushRedis()
        case 8 where rules.losesData: restoreOlderRedis()
        default: break
        }
    }

    private func pushUnreadableEntry() {
        let index = random.below(line.products.count)
        guard line.products[index].sale?.nonce != nil else { return }
        note("somebody pushes bytes into line \(index + 1)")
        line.products[index].queue.append(.unreadable(UInt8(random.below(200))))
    }

    /// One of the two clocks jumps, forward or back.
    private func jumpClock() {
        let jump = Int64(random.within(-3_000...15_000))
        note("a clock jumps by \(jump) ms")
        paths.count(.clockJumped)
        if random.below(2) == 0 { line.now += jump } else { books.now += jump }
    }

    private func flushRedis() {
        note("Redis loses everything")
        paths.count(.redisFlushed)
        line.products = line.products.map { _ in LineState() }
        didLoseData()
        forgetSnapshots()
    }

    /// Redis comes back with an older copy.
    ///
    /// When that has lost outcomes and no ticket, nobody can tell: an operator's audit shows every order again.
    private func restoreOlderRedis() {
        guard !snapshots.isEmpty else { return }
        let older = snapshots[random.below(snapshots.count)]
        note("Redis comes back as it was, last tickets \(older.map { $0.sale?.lastTicket ?? 0 })")
        paths.count(.redisOlder)
        for index in older.indices where older[index].sale?.lastTicket == line.products[index].sale?.lastTicket {
            for row in books.shelves[index].orders.indices { books.shelves[index].orders[row].isUnshown = true }
        }
        line.products = older
        isOlder = true
        didLoseData()
    }

    /// Whoever was told something may be told something older, until the books are shown again.
    private func didLoseData() {
        losses += 1
        for product in told.indices { told[product] = Array(repeating: nil, count: users.count) }
    }

    /// A copy that is older than the line's last loss or reopening is not told apart from the line of today.
    func forgetSnapshots() { snapshots = [] }
}
