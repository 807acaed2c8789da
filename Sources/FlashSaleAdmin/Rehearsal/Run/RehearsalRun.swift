import Assembly
import FlashSale
import FlashSaleStorage
import NIOConcurrencyHelpers

/// One rehearsal, from the new product to its audit.
struct RehearsalRun: Sendable {
    /// How long the line may take to open.
    private static let openingLimit = Duration.seconds(15)
    /// How often the line is looked at until it is empty.
    private static let look = Duration.milliseconds(250)

    let plan: RehearsalPlan
    let administration: SaleAdministration
    let api: APIConnection
    let secret: WebhookSecret?
    let progress: ProgressLine

    /// What a rehearsal leaves behind for its report.
    struct Outcome: Sendable {
        let product: Product
        let startedAt: Timestamp
        /// Until the last outcome was known.
        let elapsed: Duration
        let history: RehearsalHistory
        let availableAtEnd: Int64?
        /// Units that people outside of the crowd hold or have bought.
        let unitsOfOthers: Int
        let audit: AuditReport?
        /// What happened on purpose, and when, in microseconds after the start.
        let disturbed: [ClosedRange<Int64>]
        let disturbanceProblem: String?
        /// Why it ended before everybody was done; nil when it did not.
        let interruption: Interruption?
    }

    /// Why a rehearsal did not end by itself.
    enum Interruption: Sendable, Equatable {
        case signal
        case deadline
    }

    /// Runs it; a signal ends it early, with what is known until then.
    ///
    /// - Throws: ``CommandFailure`` when the sale does not open; what the stores throw.
    func untilEnd(stopping signals: StopSignals) async throws -> Outcome {
        let created = try await administration.create(plan.product)
        let client = RehearsalClient(api: api, product: created.product, secret: secret)
        try await waitUntilOpen(client, created.lineProblem)
        let scene = Scene(stage: Stage(Person.crowd(of: plan)), start: .now, plan: plan)
        let startedAt = Timestamp.now()
        let interruption = NIOLockedValueBox<Interruption?>(nil)
        let end = await FirstEnd.of(
            {
                await signals.wait()
                if !Task.isCancelled { interruption.withLockedValue { $0 = .signal } }
                scene.stage.stop()
            },
            { try await play(scene, client) }
        )
        try end.get()
        let elapsed = ContinuousClock.now - scene.start
        let stopped = interruption.withLockedValue(\.self) ?? (scene.isOverdue ? .deadline : nil)
        return Outcome(
            product: created.product,
            startedAt: startedAt,
            elapsed: elapsed,
            history: scene.stage.history,
            availableAtEnd: try? await client.availableStock(),
            unitsOfOthers: stopped == .signal ? 0 : try await unitsOfOthers(created.product.id),
            audit: stopped == .signal ? nil : try await audited(scene, created.product.id),
            disturbed: scene.disturbance.spans,
            disturbanceProblem: scene.disturbance.problem,
            interruption: stopped
        )
    }

    private func waitUntilOpen(_ client: RehearsalClient, _ lineProblem: String?) async throws {
        let clock = ContinuousClock()
        let limit = clock.now + Self.openingLimit
        var said = "it does not show the product"
        while clock.now < limit {
            do throws(APIConnection.Silence) {
                let state = try await client.saleState()
                if state == SaleState.open.rawValue { return }
                said = state.map { "it says that the sale is \($0)" } ?? said
            } catch {
                said = "it does not answer: \(error.reason)"
            }
            try await clock.sleep(for: .milliseconds(100))
        }
        throw CommandFailure.usage(
            """
            The API at \(api.address) does not sell product \(client.product.id): \(said).
            \(lineProblem.map { "The line could not be opened: \($0)\n" } ?? "")\
            Is it running, on the same stores? Name another one with --url, or the data folder of flashsale dev with --data.
            """
        )
    }

    /// The crowd, what disturbs it, and those who watch; then the outcomes of those who look no more.
    private func play(_ scene: Scene, _ client: RehearsalClient) async throws {
        await withTaskGroup { group in
            group.addTask { await watch(scene) }
            group.addTask { await scene.disturbance.run(plan, client.product.id, administration, scene) }
            await askEverything(scene, client)
            scene.enter(.settling)
            await waitUntilServed(scene, client.product.id)
            scene.enter(.asking)
            _ = scene.stage.callSilent(at: scene.now)
            await askEverything(scene, client)
            group.cancelAll()
        }
    }

    private func askEverything(_ scene: Scene, _ client: RehearsalClient) async {
        await withTaskGroup { group in
            for _ in 0..<min(plan.connections, plan.users) {
                group.addTask { await askOneByOne(scene, client) }
            }
        }
    }

    private func askOneByOne(_ scene: Scene, _ client: RehearsalClient) async {
        while !Task.isCancelled, !scene.isOverdue {
            switch scene.stage.next(at: scene.now) {
            case .over: return
            case .wait(let time):
                try? await ContinuousClock().sleep(
                    until: scene.start + .microseconds(time),
                    tolerance: .milliseconds(1)
                )
            case .ask(let person, let route, let order, let due):
                let sent = scene.now
                let reply = await client.ask(route, person: person, order: order)
                scene.stage.take(
                    RehearsalAnswer(
                        person: person,
                        route: route,
                        sent: sent,
                        received: scene.now,
                        reply: reply,
                        late: max(0, sent - due)
                    )
                )
            }
        }
    }

    /// Nobody's cart may be renewed by us: those who look no more are asked for when the line has passed them.
    private func waitUntilServed(_ scene: Scene, _ product: ProductID) async {
        while !Task.isCancelled, !scene.isOverdue {
            if let line = try? await administration.queue(of: product), line.waiting == 0, line.processing == 0 {
                return
            }
            try? await Task.sleep(for: Self.look)
        }
    }

    private func watch(_ scene: Scene) async {
        var isFirst = true
        while !Task.isCancelled {
            progress.show(scene.progress, isFirst: isFirst)
            isFirst = false
            try? await Task.sleep(for: progress.interval)
        }
        progress.show(scene.progress, isFirst: isFirst)
    }

    /// The product is on sale for everybody who can reach the API: whoever is not of the crowd may buy of it, too.
    private func unitsOfOthers(_ product: ProductID) async throws -> Int {
        var page = OrderPage(
            product: product,
            statuses: Set(OrderStatus.allCases.filter(\.isLive)),
            size: OrderPage.maximumSize
        )
        var units = 0
        while true {
            let orders = try await administration.orders(page)
            let others = orders.filter { !RehearsalClient.isGuest($0.user, of: plan.users) }
            units += others.reduce(0) { $0 + $1.quantity }
            guard orders.count == page.size, let last = orders.last else { return units }
            page.after = last.id
        }
    }

    private func audited(_ scene: Scene, _ product: ProductID) async throws -> AuditReport {
        scene.enter(.auditing)
        return try await administration.audit.run(of: product)
    }
}
