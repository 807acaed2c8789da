/// What a new connection sends before its first command, in one flight, and what the answers mean.
///
/// The closing `PING` finds a server that is up but does not serve: one still loading its data answers `-LOADING`.
struct Handshake: Sendable {
    enum Progress {
        case incomplete
        case complete
        case failed(RedisError)
    }

    private enum Step {
        case authenticate
        case select
        case setName
        case ping
    }

    /// What to send.
    let commands: [RedisCommand]
    /// The steps that have not been answered.
    private var pending: ArraySlice<Step>

    init(_ configuration: RedisConfiguration) {
        var commands: [RedisCommand] = []
        var steps: [Step] = []
        if let password = configuration.password {
            let user = configuration.username.map { [RedisArgument($0)] } ?? []
            commands.append(RedisCommand("AUTH", user + [RedisArgument(password)]))
            steps.append(.authenticate)
        }
        if configuration.database != 0 {
            commands.append(RedisCommand("SELECT", [RedisArgument(configuration.database)]))
            steps.append(.select)
        }
        if !configuration.clientName.isEmpty {
            commands.append(RedisCommand("CLIENT", ["SETNAME", RedisArgument(configuration.clientName)]))
            steps.append(.setName)
        }
        commands.append(RedisCommand("PING"))
        steps.append(.ping)
        self.commands = commands
        pending = steps[...]
    }

    /// Takes the next answer.
    mutating func received(_ reply: RedisReply) -> Progress {
        guard let step = pending.popFirst() else {
            return .failed(RedisError(.protocolViolation, "a reply after the end of the handshake"))
        }
        if case .error(let error) = reply, let failure = Self.failure(of: step, error) {
            return .failed(failure)
        }
        return pending.isEmpty ? .complete : .incomplete
    }

    private static func failure(of step: Step, _ error: RedisServerError) -> RedisError? {
        switch step {
        // The name is a convenience, and an ACL user need not be allowed to ping.
        case .setName where error.code != "NOAUTH", .ping where error.code == "NOPERM":
            return nil
        default:
            let isRefusal =
                ["WRONGPASS", "NOAUTH", "NOPERM"].contains(error.code) || error.message.contains("password")
            return RedisError(
                isRefusal ? .authenticationFailed : .server,
                "the server refused the connection: \(error)",
                serverError: error
            )
        }
    }
}
