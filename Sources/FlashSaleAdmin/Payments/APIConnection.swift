import Assembly
import AsyncHTTPClient
import FlashSale
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Requests to the API, all of which end by one deadline.
struct APIConnection {
    /// The most requests under way at once.
    static let maximumParallel = 100
    /// How long all requests of one command may take together.
    private static let limit = TimeAmount.seconds(60)
    private static let connectLimit = TimeAmount.seconds(5)
    /// The most bytes of an answer that are read.
    private static let maximumLength = 65_536

    let address: APIAddress
    private let client: HTTPClient
    private let deadline: NIODeadline
    private let requestLimit: TimeAmount

    /// Lends a connection, and closes it.
    ///
    /// - Parameters:
    ///   - limit: How long all requests may take together.
    ///   - requestLimit: How long each of them may take; nil for no less.
    ///   - parallel: How many connections are kept.
    static func with<R>(
        _ address: APIAddress,
        limit: TimeAmount = limit,
        requestLimit: TimeAmount? = nil,
        parallel: Int = maximumParallel,
        _ body: (APIConnection) async throws -> R
    ) async throws -> R {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: min(connectLimit, limit))
        )
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = parallel
        // A refused connection shall be told at once, not after it was tried for a while.
        configuration.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            try await body(
                APIConnection(
                    address: address,
                    client: client,
                    deadline: .now() + limit,
                    requestLimit: requestLimit ?? limit
                )
            )
        }
    }

    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
        /// When to try again, in seconds; nil where the API does not say.
        var retryAfter: Int64?

        /// Whether the API took the request: 2xx.
        var isSuccess: Bool { (200..<300).contains(status) }

        /// The body as a document; nil when it is none.
        func document<D: Decodable>(_ type: D.Type = D.self) -> D? {
            try? JSONDecoder().decode(type, from: Data(body))
        }
    }

    /// Why there was no answer, in words.
    struct Silence: Error, Hashable {
        let reason: String
    }

    /// Reads a document.
    func get(_ path: String) async throws(Silence) -> Answer {
        try await send(HTTPClientRequest(url: "\(address)\(path)"))
    }

    /// Reads something of any size, in pieces as they come; nothing of it where the answer is not 2xx.
    ///
    /// - Returns: The status.
    func get(_ path: String, _ body: (ByteBuffer) -> Void) async throws(Silence) -> Int {
        do {
            let response = try await client.execute(HTTPClientRequest(url: "\(address)\(path)"), deadline: deadline)
            if (200..<300).contains(response.status.code) {
                for try await piece in response.body { body(piece) }
            }
            return Int(response.status.code)
        } catch {
            throw Silence(reason: HTTPFailure.reason(error))
        }
    }

    /// Sends a JSON document.
    func post(_ path: String, headers: [(String, String)], body: [UInt8]) async throws(Silence) -> Answer {
        var request = HTTPClientRequest(url: "\(address)\(path)")
        request.method = .POST
        request.headers = HTTPHeaders([("content-type", "application/json")] + headers)
        request.body = .bytes(body)
        return try await send(request)
    }

    /// Takes something away.
    func delete(_ path: String) async throws(Silence) -> Answer {
        var request = HTTPClientRequest(url: "\(address)\(path)")
        request.method = .DELETE
        return try await send(request)
    }

    private func send(_ request: HTTPClientRequest) async throws(Silence) -> Answer {
        do {
            let response = try await client.execute(request, deadline: min(deadline, .now() + requestLimit))
            let body = try await response.body.collect(upTo: Self.maximumLength)
            return Answer(
                status: Int(response.status.code),
                body: Array(body.readableBytesView),
                retryAfter: response.headers.first(name: "retry-after").flatMap { Int64($0) }
            )
        } catch {
            throw Silence(reason: HTTPFailure.reason(error))
        }
    }
}
