import HTTPTypes
import Hummingbird
import Logging
import NIOCore

extension SignsOfLife {
    /// `GET /health`, `GET /ready` and `GET /metrics`.
    func endpoints() -> [Endpoint] { [healthEndpoint, readyEndpoint, metricsEndpoint] }

    private var healthEndpoint: Endpoint {
        Endpoint(
            method: .get,
            path: "/health",
            operation: Endpoint.Operation(
                id: "health",
                summary: "Whether the program runs.",
                answers: [Endpoint.Answer(status: .ok, description: "It runs.", schema: "Health")]
            ),
            isVital: true
        ) { _, _ in
            Response(status: .ok, cache: .never, body: JSONWriter.object { $0.member("status", "ok") })
        }
    }

    private var readyEndpoint: Endpoint {
        Endpoint(
            method: .get,
            path: "/ready",
            operation: Endpoint.Operation(
                id: "ready",
                summary: "Whether the program can work: the state of everything it needs.",
                answers: [
                    Endpoint.Answer(status: .ok, description: "It can work.", schema: "Readiness"),
                    Endpoint.Answer(
                        status: .serviceUnavailable,
                        description: "A check failed, or the program is on its way down.",
                        schema: "Readiness"
                    ),
                ]
            ),
            isVital: true
        ) { _, context in
            let readiness = await readiness()
            if readiness.status == .notReady {
                context.logger.debug("\(name) is not ready", metadata: ["checks": "\(readiness.failures)"])
            }
            let status: HTTPResponse.Status = readiness.status == .ready ? .ok : .serviceUnavailable
            return Response(status: status, cache: .never, body: readiness.document)
        }
    }

    private var metricsEndpoint: Endpoint {
        Endpoint(
            method: .get,
            path: "/metrics",
            operation: Endpoint.Operation(
                id: "metrics",
                summary: "Counters and timers for Prometheus.",
                answers: [
                    Endpoint.Answer(
                        status: .ok,
                        description: "The text exposition format, version 0.0.4.",
                        schema: "Metrics",
                        mediaType: MediaType.metrics
                    )
                ]
            ),
            isVital: true
        ) { _, _ in
            Response(status: .ok, mediaType: MediaType.metrics, cache: .never, body: ByteBuffer(string: metrics()))
        }
    }

    private func readiness() async -> Readiness {
        guard !isDraining() else { return Readiness(status: .draining, results: []) }
        let results = await withTaskGroup(of: (Int, ReadinessCheck.Outcome).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { (index, await check.outcome()) }
            }
            // Each ends soon after its deadline; the order is that of the checks.
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                .sorted { $0.key < $1.key }
                .map { (name: checks[$0.key].name, outcome: $0.value) }
        }
        let isReady = results.allSatisfy(\.outcome.isWorking)
        return Readiness(status: isReady ? .ready : .notReady, results: results)
    }
}

/// What `/ready` answers.
private struct Readiness {
    enum Status: String {
        case ready
        case notReady = "not_ready"
        case draining
    }

    let status: Status
    let results: [(name: String, outcome: ReadinessCheck.Outcome)]

    /// The names of the checks that failed.
    var failures: [String] { results.filter { !$0.outcome.isWorking }.map(\.name) }

    var document: ByteBuffer {
        JSONWriter.object { json in
            json.member("status", status.rawValue)
            json.key("checks")
            json.array { json in
                for result in results {
                    json.object { json in
                        json.member("name", result.name)
                        json.member("ok", result.outcome.isWorking)
                        if let detail = result.outcome.detail { json.member("detail", detail) }
                    }
                }
            }
        }
    }
}
