import LocalServers

extension DevRun {
    /// How long a program may take from its start until it is ready.
    private static let startLimit = Duration.seconds(60)

    /// One of our own programs, started.
    private struct Started {
        let member: Fleet.Member
        let host: String
        let port: Int
    }

    /// Starts the API and the workers, and waits until all of them are ready.
    ///
    /// - Throws: ``CommandFailure`` when one ends or is not ready in time.
    func startPrograms(
        _ programs: Programs,
        port: Int,
        console: DevConsole,
        stores: DataFolderSettings
    ) async throws {
        say("Starting the API and \(options.workers == 1 ? "a worker" : "\(options.workers) workers")…")
        var started = [
            try await start(
                programs.api,
                name: "api",
                stage: .api,
                index: 0,
                environment: settings.api(
                    port: port,
                    console: console,
                    drawKey: DrawKeyFile.key(in: folder.url),
                    stores: stores
                ),
                host: APIExamples.reachable(programs.apiHost),
                port: port
            )
        ]
        for number in 1...options.workers {
            let name = "worker-\(number)"
            let port = try LoopbackPort.free()
            started.append(
                try await start(
                    programs.worker,
                    name: name,
                    stage: .workers,
                    index: number,
                    environment: settings.worker(name: name, healthPort: port, stores: stores),
                    host: "127.0.0.1",
                    port: port
                )
            )
        }
        let deadline = ContinuousClock.now + Self.startLimit
        for program in started { try await waitUntilReady(program, deadline) }
    }

    private func start(
        _ path: String,
        name: String,
        stage: Fleet.Stage,
        index: Int,
        environment: [String: String],
        host: String,
        port: Int
    ) async throws -> Started {
        let handler = printer.handler(name, index: index)
        let child = try await ChildProcess.start(
            ChildProcess.Launch(
                path,
                environment: environment,
                standardOutput: .lines(handler),
                standardError: .lines(handler)
            )
        )
        let member = Fleet.Member(
            name: name,
            stage: stage,
            child: child,
            stop: { _ = await child.terminate(within: $0) },
            lastLines: { [printer] in printer.lastLines(of: name) }
        )
        fleet.add(member)
        return Started(member: member, host: host, port: port)
    }

    private func waitUntilReady(_ program: Started, _ deadline: ContinuousClock.Instant) async throws {
        var answer = ReadinessProbe.Answer.silent
        while ContinuousClock.now < deadline {
            if let exit = program.member.child.exit { throw Fleet.failure(of: program.member, exit) }
            answer = await ReadinessProbe.ask(host: program.host, port: program.port)
            if answer == .ready { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        let said = if case .notReady(let body) = answer { "It says: \(body)" } else { "It does not answer." }
        throw CommandFailure.refused("\(program.member.name) was not ready within \(Self.startLimit). \(said)")
    }
}
