import LocalServers
import ShopSupport
import TestSupport
import Testing

@Suite("The operator's listener, as programs run it", .timeLimit(.minutes(3)))
struct OperatorTests {
    private static let key = "a-key-of-the-operator"

    @Test("A line paused by the operator's API refuses to be joined, until it is resumed; both are on record")
    func pausing() async throws {
        try await RunningShop.with(workers: 1) { shop in
            let admin = try LoopbackPort.free()
            let api = try LoopbackPort.free()
            try await shop.startAPI(port: api, ["admin.port": "\(admin)", "admin.key": Self.key])
            let headers = ["authorization": "Bearer \(Self.key)"]
            try await eventually("the operator's listener answers") {
                try await shop.send(.get, "/login", port: admin).status.code == 200
            }
            let product = try await shop.createProduct(stock: 5)
            func act(_ action: String) async throws -> Int {
                let path = "/admin/api/products/\(product)/\(action)"
                return try await shop.send(.post, path, port: admin, headers: headers).status.code
            }
            #expect(try await shop.send(.get, "/admin/api/overview", port: admin).status.code == 401)
            #expect(try await act("pause") == 200)
            let refused = try await shop.join(product, "ada")
            #expect(refused.status.code == 503 && refused["code"] == "paused")
            #expect(try await act("resume") == 200)
            #expect(try await shop.join(product, "ada").status.code == 202)
            try await eventually("the worker has left a sample") {
                let path = "/admin/api/products/\(product)/samples"
                let answer = try await shop.send(.get, path, port: admin, headers: headers)
                return answer.status.code == 200 && answer.text.contains(#""sold":1"#)
            }
            let log = try await shop.fleet.run("flashsale", ["log", "--product", "\(product)", "--json"])
            #expect(log.exit == .code(0))
            #expect(log.standardOutput.contains(#""actor": "console""#) && log.standardOutput.contains("cli:"))
        }
    }
}
