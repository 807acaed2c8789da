import Foundation
import Glibc
import LocalServers
import ShopSupport
import TestSupport
import Testing

/// `flashsale dev`: everything on one machine with one command.
@Suite("End to end: flashsale dev", .serialized)
struct DevTests {
    @Test("It serves a sale by the lines it prints, stops on Ctrl-C without a trace, and finds its data again")
    func servesStopsAndReturns() async throws {
        let folder = try TestFolders.make().appendingPathComponent("shop").path
        let fleet = Fleet(environment: [:])
        let port = try LoopbackPort.free()
        let dev = try await start(fleet, folder, port)
        let lines = fleet.lines(containing: "curl -s")
        #expect(lines.count >= 3)
        // The printed lines, pasted: the product, a place in line, the outcome.
        let answers = try await paste(lines)
        #expect(answers[0].contains(#""available_stock":100"#))
        #expect(answers[1].contains(#""status":"queued""#) && answers[1].contains(#""ticket":1"#))
        try await eventually("the worker has settled it") {
            try await paste([lines[2]])[0].contains(#""status":"completed""#)
        }
        let status = try await fleet.run("flashsale", ["queue", "status", "1", "--json", "--data", folder])
        #expect(status.exit == .code(0))
        #expect(status.standardOutput.contains("completed"))

        let children = try processes(mentioning: folder)
        #expect(children.count >= 2)
        dev.send(signal: SIGINT)
        #expect(await dev.waitForExit(within: .seconds(60)) == .code(0))
        #expect(try processes(mentioning: folder).isEmpty)

        // No lock is left, and the data is.
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
        #expect(names == [DataFolder.markName, "admin.key", "draw.key", "mariadb", "redis"])
        #expect(FileManager.default.contents(atPath: "\(folder)/\(DataFolder.markName)") == Data())
        let again = try await start(fleet, folder, port)
        let product = try await paste([lines[0]])[0]
        #expect(product.contains(#""available_stock":99"#))
        await again.terminate(within: .seconds(60))
        #expect(try processes(mentioning: folder).isEmpty)
    }

    @Test("Two run side by side; a second one on the same folder or port is told what to do")
    func sideBySide() async throws {
        let folders = try (0..<2).map { _ in try TestFolders.make().appendingPathComponent("shop").path }
        let fleet = Fleet(environment: [:])
        let ports = try (0..<2).map { _ in try LoopbackPort.free() }
        let first = try await start(fleet, folders[0], ports[0])
        let second = try await start(fleet, folders[1], ports[1])

        let sameFolder = try await fleet.run("flashsale", ["dev", "--data", folders[0], "--port", "0"])
        #expect(sameFolder.exit == .code(1))
        #expect(sameFolder.standardError.contains("\(first.pid)"))
        let samePort = try await fleet.run(
            "flashsale",
            ["dev", "--data", folders[0] + "-other", "--port", "\(ports[0])"]
        )
        #expect(samePort.exit == .code(1))
        #expect(samePort.standardError.contains("--port"))

        for dev in [first, second] { #expect(await dev.terminate(within: .seconds(60)) == .code(0)) }
    }

    @Test("After kill -9 the next start finds what was left, stops it, and loses nothing")
    func killed() async throws {
        let folder = try TestFolders.make().appendingPathComponent("shop").path
        let fleet = Fleet(environment: [:])
        let port = try LoopbackPort.free()
        let dev = try await start(fleet, folder, port)
        let lines = fleet.lines(containing: "curl -s")
        _ = try await paste([lines[1]])
        await dev.kill()
        let again = try await start(fleet, folder, port)
        try await eventually("the purchase is still there") {
            try await paste([lines[2]])[0].contains(#""status":"completed""#)
        }
        #expect(await again.terminate(within: .seconds(60)) == .code(0))
    }

    /// Starts it and waits for its greeting, which comes when everything is ready.
    private func start(_ fleet: Fleet, _ folder: String, _ port: Int) async throws -> ChildProcess {
        let before = fleet.lines(containing: "FlashSale runs at").count
        let dev = try await fleet.start("flashsale", arguments: ["dev", "--data", folder, "--port", "\(port)"])
        do {
            try await eventually(within: .seconds(120), "flashsale dev greets") {
                fleet.lines(containing: "FlashSale runs at").count > before
                    && fleet.lines(containing: "mariadb --socket").count > before
            }
        } catch {
            await dev.terminate(within: .seconds(30))
            throw ShopFailure(cause: error, log: fleet.log)
        }
        return dev
    }

    /// Runs lines as a person pastes them, without the prefix that the fleet puts in front.
    private func paste(_ lines: [String]) async throws -> [String] {
        var answers: [String] = []
        for line in lines {
            let command = try #require(line.firstRange(of: "curl").map { String(line[$0.lowerBound...]) })
            let run = try await ChildProcess.run(ChildProcess.Launch("/bin/sh", ["-c", command]), within: .seconds(60))
            answers.append(run.standardOutput)
        }
        return answers
    }

    /// Processes whose command line or environment names the folder, zombies left out.
    private func processes(mentioning folder: String) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { pid in
            guard pid != getpid() else { return false }
            return ["cmdline", "environ"].contains { file in
                let data = FileManager.default.contents(atPath: "/proc/\(pid)/\(file)") ?? Data()
                return data.firstRange(of: Data(folder.utf8)) != nil
            }
        }
    }
}
