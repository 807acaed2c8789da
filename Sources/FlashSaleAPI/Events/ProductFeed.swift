import FlashSale
import NIOCore

/// Watches one line for all event streams of its product: one look a tick, however many they are.
///
/// The looks go on while there is a stream, in one task that nobody waits for; it ends with the last stream.
actor ProductFeed {
    /// What is known of one stream.
    struct Stream {
        let slot: EventSlot
        var standing: Standing
        /// The name of what was sent last; nil: nothing yet.
        var sentID: String?
        var sentAt: ContinuousClock.Instant
        /// Whether the user's standing has to be read, because it is no longer what the line's progress says.
        var needsLook = false
    }

    typealias ID = ObjectIdentifier

    private let product: ProductID
    private let rules: EventStreams.Rules
    private let board: ProgressBoard
    private let pace: PollPace
    private let onDrop: @Sendable () -> Void
    private let onFailure: @Sendable () -> Void
    private let now: @Sendable () -> Timestamp

    private var streams: [ID: Stream] = [:]
    private var page: ProgressBoard.Page?
    /// How many tickets were decided between the last two looks.
    private var step: Int64 = 0
    private var isRunning = false
    private var isDraining = false

    init(
        product: ProductID,
        rules: EventStreams.Rules,
        board: ProgressBoard,
        pace: PollPace,
        onDrop: @escaping @Sendable () -> Void,
        onFailure: @escaping @Sendable () -> Void,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.product = product
        self.rules = rules
        self.board = board
        self.pace = pace
        self.onDrop = onDrop
        self.onFailure = onFailure
        self.now = now
    }

    /// Adds a stream, and sends where its user stands unless that is what the client saw last.
    func add(_ slot: EventSlot, _ standing: Standing, lastSeen: String?) {
        let instant = ContinuousClock.now
        guard !isDraining else { return reconnect(slot, at: instant) }
        var stream = Stream(slot: slot, standing: standing, sentID: lastSeen, sentAt: instant)
        if page == nil { page = board.glance(at: product) }
        if send(&stream, at: instant, isFirst: true) { return }
        // Nothing new for this client: the greeting alone opens the stream.
        slot.putIfEmpty(EventText.greeting, at: instant)
        streams[ID(slot)] = stream
        if !isRunning {
            isRunning = true
            Task { await watch() }
        }
    }

    /// A stream's connection is gone.
    func remove(_ slot: EventSlot) { streams[ID(slot)] = nil }

    /// Something has happened to a user that the line's progress does not show.
    func lookSoon(at user: UserID) {
        for (id, stream) in streams where stream.standing.user == user { streams[id]?.needsLook = true }
    }

    /// Ends every stream now.
    func drain() {
        isDraining = true
        reconnectAll()
    }

    private func watch() async {
        while !streams.isEmpty {
            let next = ContinuousClock.now + rules.tick
            await tick()
            try? await Task.sleep(until: next)
        }
        isRunning = false
        page = nil
        step = 0
        board.endWatch(of: product)
    }

    private func tick() async {
        do {
            let (page, sighting) = try await board.look(at: product, for: candidates())
            if let known = self.page, known.progress.nonce != page.progress.nonce { return reconnectAll() }
            step = max(0, page.progress.servedTicket - (self.page?.progress.servedTicket ?? page.progress.servedTicket))
            self.page = page
            apply(sighting)
        } catch is UnknownSale {
            // The line's data was lost: whoever asks again learns what is known of their place.
            reconnectAll()
        } catch {
            onFailure()
            let instant = ContinuousClock.now
            for id in streams.keys { keepAlive(id, at: instant) }
        }
    }

    private func reconnectAll() {
        let instant = ContinuousClock.now
        for stream in streams.values { reconnect(stream.slot, at: instant) }
        streams = [:]
    }

    /// Those who ask again do not all come in the same second.
    private func reconnect(_ slot: EventSlot, at instant: ContinuousClock.Instant) {
        slot.put(EventText.reconnect(after: .random(in: 1_000...5_000)), isLast: true, at: instant)
    }
}

extension ProductFeed {
    /// Whose standings the next look reads: those it has to, then those who may be decided by then, then carts that are due.
    private func candidates() -> [WatchedUser] {
        let most = LineSighting.mostUsers
        let time = now()
        let served = page?.progress.servedTicket ?? 0
        // Twice what was decided since the last look, and a batch: whoever is not reached is found by the next look.
        let ahead = served + min(Int64(most) / 2, 2 * step + 50)
        let cart = Int64(page?.progress.cartSeconds ?? 0) * 1_000
        var first: [WatchedUser] = []
        var soon: [WatchedUser] = []
        var due: [WatchedUser] = []
        for stream in streams.values {
            let standing = stream.standing
            if stream.needsLook {
                if first.count < most { first.append(watched(standing)) }
            } else if let draw = standing.draw {
                // Nothing becomes of an entry before the draw; then everybody gets a place, and this look finds it.
                if draw.drawAt <= time, soon.count < most { soon.append(watched(standing)) }
            } else if standing.status == .queued {
                let left = standing.cartExpiresAt.map { $0.milliseconds - time.milliseconds } ?? cart
                if rules.renewsCarts, left * 2 < cart {
                    if due.count < most { due.append(watched(standing)) }
                } else if standing.ticket.rawValue <= ahead, soon.count < most {
                    soon.append(watched(standing, awaited: standing.ticket))
                }
            } else if soon.count < most {
                // Held or to be paid: what becomes of it is nobody's turn in line.
                soon.append(watched(standing))
            }
        }
        // A user may have several streams.
        var seen: Set<UserID> = []
        // Not lazily: a lazy filter may ask about an element twice, and would find it seen.
        return Array((first + soon + due).filter { seen.insert($0.user).inserted }.prefix(most))
    }

    private func watched(_ standing: Standing, awaited: Ticket? = nil) -> WatchedUser {
        WatchedUser(user: standing.user, awaited: awaited, renewsCart: rules.renewsCarts && awaited == nil)
    }

    private func apply(_ sighting: LineSighting) {
        let instant = ContinuousClock.now
        for id in Array(streams.keys) {
            guard var stream = streams[id] else { continue }
            if let since = stream.slot.pendingSince, instant - since > rules.unreadTime {
                drop(id)
                continue
            }
            switch sighting.standings[stream.standing.user] {
            case .some(.some(let standing)):
                stream.standing = standing
                stream.needsLook = false
            case .some(.none):
                reconnect(stream.slot, at: instant)
                streams[id] = nil
                continue
            case .none:
                update(&stream, sighting)
            }
            let isOver = !stream.needsLook && send(&stream, at: instant)
            streams[id] = isOver ? nil : stream
            if !isOver { keepAlive(id, at: instant) }
        }
    }

    /// What the line's progress says of a stream's user who was not looked at.
    private func update(_ stream: inout Stream, _ sighting: LineSighting) {
        let progress = sighting.progress
        stream.standing.servedTicket = progress.servedTicket
        stream.standing.lastTicket = progress.lastTicket
        stream.standing.saleState = progress.saleState
        stream.standing.stockState = progress.stockState
        guard stream.standing.status == .queued else { return }
        let ticket = stream.standing.ticket
        if let soldOutAfter = progress.soldOutAfter, ticket.rawValue > soldOutAfter {
            stream.standing.status = .soldOut
            stream.standing.cartExpiresAt = nil
        } else if ticket.rawValue <= progress.servedTicket || sighting.left.contains(ticket) {
            stream.needsLook = true
        }
    }

    /// Sends a stream's standing if there is anything new in it.
    ///
    /// - Returns: Whether that was the last one.
    private func send(_ stream: inout Stream, at instant: ContinuousClock.Instant, isFirst: Bool = false) -> Bool {
        let standing = stream.standing
        let forecast = Forecast(for: standing, progress: page?.progress, estimate: page?.estimate)
        let id = EventText.id(of: standing, forecast?.outlook)
        guard id != stream.sentID else {
            guard standing.status.isFinal else { return false }
            stream.slot.close()
            return true
        }
        let isMove = standing.status == .queued && !isFirst && stream.sentID != nil
        if isMove, instant - stream.sentAt < moveTime(forecast) { return false }
        let document = StandingDocument.document(
            standing,
            forecast: forecast,
            pollAfterMilliseconds: pace.milliseconds(for: standing, forecast: forecast, now: now())
        )
        // In one piece: what comes later takes the place of what was not taken yet.
        var text = isFirst ? EventText.greeting : ByteBuffer()
        text.writeImmutableBuffer(EventText.standing(id: id, document))
        stream.slot.put(text, isLast: standing.status.isFinal, at: instant)
        stream.sentID = id
        stream.sentAt = instant
        return standing.status.isFinal
    }

    /// Whoever waits for minutes need not hear of every second.
    private func moveTime(_ forecast: Forecast?) -> Duration {
        guard let wait = forecast?.wait else { return rules.moveTime }
        return wait.p50 < 60 ? rules.moveTime : wait.p50 < 300 ? rules.moveTime * 2 : rules.moveTime * 5
    }

    private func keepAlive(_ id: ID, at instant: ContinuousClock.Instant) {
        guard let stream = streams[id], instant - stream.sentAt >= rules.heartbeat else { return }
        stream.slot.putIfEmpty(EventText.heartbeat, at: instant)
        streams[id]?.sentAt = instant
    }

    private func drop(_ id: ID) {
        streams[id]?.slot.close()
        streams[id] = nil
        onDrop()
    }
}
