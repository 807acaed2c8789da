import Glibc
import LocalServers
import NIOConcurrencyHelpers
import Testing

@testable import FlashSaleAdmin

@Suite("Fleet", .timeLimit(.minutes(2)))
struct FleetTests {
    private let stopped = NIOLockedValueBox<[String]>([])

    /// A process that waits to be stopped, in a fleet.
    private func add(_ name: String, _ stage: Fleet.Stage, to fleet: Fleet) async throws -> ChildProcess {
        let child = try await ChildProcess.start(ChildProcess.Launch("sleep", ["1000"], deathSignal: .kill))
        fleet.add(
            .init(
                name: name,
                stage: stage,
                child: child,
                stop: { [stopped] deadline in
                    _ = await child.terminate(within: deadline)
                    stopped.withLockedValue { $0.append(name) }
                },
                lastLines: { ["last words of \(name)"] }
            )
        )
        return child
    }

    @Test("Processes stop in the order of their stages, whatever order they started in")
    func order() async throws {
        let fleet = Fleet()
        #expect(fleet.isEmpty)
        let stages: [(String, Fleet.Stage)] = [
            ("redis", .redis), ("mariadb", .mariadb), ("worker-1", .workers), ("api", .api),
        ]
        var children: [ChildProcess] = []
        for (name, stage) in stages { children.append(try await add(name, stage, to: fleet)) }
        #expect(fleet.records.map(\.name) == ["api", "worker-1", "mariadb", "redis"])
        await fleet.stop()
        #expect(stopped.withLockedValue { $0 } == ["api", "worker-1", "mariadb", "redis"])
        #expect(children.allSatisfy { !$0.isRunning })
    }

    @Test("A process that ends by itself is named with its exit and its last lines")
    func unexpectedEnd() async throws {
        let fleet = Fleet()
        let survivor = try await add("api", .api, to: fleet)
        let victim = try await add("worker-1", .workers, to: fleet)
        victim.send(signal: SIGKILL)
        let failure = try await #require(throws: CommandFailure.self) { try await fleet.waitForUnexpectedEnd() }
        #expect(
            failure
                == .refused(
                    "worker-1 ended unexpectedly (signal 9). Its last lines:\n  | last words of worker-1"
                )
        )
        #expect(survivor.isRunning)
        fleet.killAll()
        #expect(await survivor.waitForExit(within: .seconds(60)) == .signal(SIGKILL))
    }
}

@Suite("Log lines of processes")
struct LogPrinterTests {
    @Test("Names stand in a column, coloured only where that is wanted")
    func prefix() {
        let printer = LogPrinter(width: 8)
        #expect(printer.prefix("api", index: 0, inColor: false) == "api      │ ")
        #expect(printer.prefix("worker-1", index: 1, inColor: true) == "\u{1B}[32mworker-1 │\u{1B}[0m ")
    }
}
