import NIOCore

/// What the API says of itself at `GET /ready`.
enum APISighting: Sendable, Equatable {
    /// It answered.
    case answered(Readiness)
    /// It did not, and why.
    case outOfReach(String)

    /// The document of `/ready`.
    struct Readiness: Sendable, Equatable, Decodable {
        /// One thing that the API needs, or a breaker before it.
        struct Check: Sendable, Equatable, Decodable {
            let name: String
            let ok: Bool
            let detail: String?
        }

        /// `ready`, `not_ready` or `draining`.
        let status: String
        let checks: [Check]
    }

    /// How long the answer may take.
    private static let limit = TimeAmount.seconds(3)

    /// Asks once.
    static func look(at address: APIAddress) async -> APISighting {
        do {
            return try await APIConnection.with(address, limit: limit) { api in
                let answer = try await api.get("/ready")
                guard let readiness = answer.document(Readiness.self) else {
                    return .outOfReach("\(address) answers \(answer.status), but not as our API does")
                }
                return .answered(readiness)
            }
        } catch let silence as APIConnection.Silence {
            return .outOfReach(silence.reason)
        } catch {
            return .outOfReach("\(error)")
        }
    }

    /// One line: `ready; redis ok, redis_breaker closed`.
    func words(inColor: Bool) -> String {
        switch self {
        case .outOfReach(let reason): TextStyle.red.applied(to: "out of reach: \(reason)", if: inColor)
        case .answered(let readiness):
            TextStyle.bold.applied(to: Table.printable(readiness.status.replacing("_", with: " ")), if: inColor) + "; "
                + readiness.checks.map { check in
                    let text = Table.printable("\(check.name) \(check.detail ?? (check.ok ? "ok" : "failed"))")
                    return TextStyle.red.applied(to: text, if: inColor && !check.ok)
                }.joined(separator: ", ")
        }
    }

    /// The document that `--json` prints.
    var json: JSONOutput {
        switch self {
        case .outOfReach(let reason): ["status": "out_of_reach", "reason": JSONOutput(reason), "checks": []]
        case .answered(let readiness):
            [
                "status": JSONOutput(readiness.status),
                "reason": .null,
                "checks": .array(
                    readiness.checks.map {
                        [
                            "name": JSONOutput($0.name), "ok": .bool($0.ok), "detail": JSONOutput($0.detail),
                        ]
                    }
                ),
            ]
        }
    }
}
