import FlashSale

@testable import FlashSaleWorker

/// A worker process: the production's ``ServingTurn`` for each lease, moved step by step by the world.
///
/// What it holds in memory dies with it; a new process with a new name starts in its place.
final class SimulatedWorker: @unchecked Sendable {  // Part of one world, which is one task's.
    private unowned let world: World
    private let number: Int
    /// How many processes there were before this one.
    private(set) var process = 0
    private(set) var servers: [Server] = []
    private var started = 0

    /// What `ProductServer` is in the real process.
    struct Server {
        let id: Int
        let lease: Lease
        /// Nil while a step is under way.
        var turn: ServingTurn?
        var latestVersion: Int64
        var isSweepDue = true
        /// When the line was compared with the books.
        var comparedAt: Int64
    }

    init(number: Int, world: World) {
        self.number = number
        self.world = world
    }

    /// The name of this process.
    var name: String { "w\(number).\(process)" }

    /// Whether some server can make a step now.
    var canStep: Bool { servers.contains { $0.turn != nil } }

    /// Renews leases as `LineService` does: servers of lost leases stop, new ones start.
    func renewLeases() async {
        let began = process
        do {
            let leases = try await WorkerBooks(world: world, worker: self).renewLeases(
                worker: name,
                for: .milliseconds(Rules.leaseMilliseconds),
                maximum: 10
            )
            guard process == began else { return }
            serve(leases)
        } catch is ProcessKilled {
            if process == began { kill() }
        } catch {
            world.note("\(name): leases not renewed")
        }
    }

    private func serve(_ leases: [Lease]) {
        servers.removeAll { server in
            !leases.contains { $0.product == server.lease.product && $0.fence == server.lease.fence }
        }
        for lease in leases {
            if let known = servers.firstIndex(where: { $0.lease.product == lease.product }) {
                servers[known].latestVersion = max(servers[known].latestVersion, lease.productVersion)
            } else {
                started += 1
                let turn = ServingTurn(
                    lease: lease,
                    line: WorkerLine(world: world, worker: self),
                    books: WorkerBooks(world: world, worker: self),
                    settings: world.rules.settings(worker: name),
                    metrics: Cast.metrics,
                    logger: Cast.logger
                )
                servers.append(
                    Server(
                        id: started,
                        lease: lease,
                        turn: turn,
                        latestVersion: lease.productVersion,
                        comparedAt: world.books.now
                    )
                )
            }
        }
    }

    /// Looks for orders that are due, or not shown as they are.
    func lookForDueOrders() async {
        let began = process
        do {
            let products = try await WorkerBooks(world: world, worker: self).productsToSweep(limit: 10)
            guard process == began else { return }
            for index in servers.indices where products.contains(servers[index].lease.product) {
                servers[index].isSweepDue = true
            }
        } catch is ProcessKilled {
            if process == began { kill() }
        } catch {
            world.note("\(name): orders that are due were not looked for")
        }
    }

    /// One step of one server, by its place among those that can make one.
    ///
    /// - Returns: Whether there may be more to do at once.
    func step(_ choice: Int) async -> Bool {
        let able = servers.indices.filter { servers[$0].turn != nil }
        guard !able.isEmpty else { return false }
        let index = able[choice % able.count]
        guard var turn = servers[index].turn else { return false }
        let (id, began) = (servers[index].id, process)
        let (version, isSweepDue) = (servers[index].latestVersion, servers[index].isSweepDue)
        servers[index].turn = nil
        servers[index].isSweepDue = false
        let isComparisonDue = world.books.now - servers[index].comparedAt >= Rules.compareMilliseconds
        if isComparisonDue { servers[index].comparedAt = world.books.now }
        world.note("\(name) serves \(turn.lease.product) with fence \(turn.lease.fence)")
        var hasMore = true
        do {
            let step = try await turn.step(
                version: version,
                isSweepDue: isSweepDue,
                isComparisonDue: isComparisonDue
            )
            hasMore = step == .servedSomebody
            if turn.knownVersion < version, let index = place(of: id, began) {
                servers[index].latestVersion = turn.knownVersion
            }
        } catch is ProcessKilled {
            if process == began { kill() }
        } catch is Fenced {
            world.note("\(name) is fenced out")
            if let index = place(of: id, began) { servers.remove(at: index) }
        } catch {
            world.note("\(name) has to try again: \(error)")
        }
        if let index = place(of: id, began) { servers[index].turn = turn }
        return hasMore
    }

    /// Nil when the server was stopped meanwhile, or its process is gone.
    private func place(of id: Int, _ process: Int) -> Int? {
        guard process == self.process else { return nil }
        return servers.firstIndex { $0.id == id }
    }

    /// Ends the process as `kill -9` does; the next one knows nothing.
    func kill() {
        world.note("\(name) dies")
        process += 1
        servers = []
    }
}

/// A worker's process has ended in the middle of a call.
struct ProcessKilled: Error {}
