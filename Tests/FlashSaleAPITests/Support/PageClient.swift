import FlashSaleAPI
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore

/// Asks for pages and sends forms as a browser does that is at `localhost`.
struct PageClient {
    let client: any TestClientProtocol

    func get(_ path: String, cookie: String? = nil, language: String = "en") async throws -> TestResponse {
        var headers = HTTPFields()
        headers[.accept] = "text/html,application/xhtml+xml,*/*;q=0.8"
        headers[.acceptLanguage] = language
        if let cookie { headers[.cookie] = cookie }
        return try await client.execute(uri: path, method: .get, headers: headers)
    }

    /// - Parameter fields: Where the form says that it comes from; our own page by default.
    func post(
        _ path: String,
        _ form: String,
        cookie: String? = nil,
        type: String = "application/x-www-form-urlencoded",
        from fields: [(String, String)] = [("Sec-Fetch-Site", "same-origin")]
    ) async throws -> TestResponse {
        var headers = HTTPFields()
        headers[.contentType] = type
        if let cookie { headers[.cookie] = cookie }
        for (name, value) in fields { if let name = HTTPField.Name(name) { headers[name] = value } }
        return try await client.execute(uri: path, method: .post, headers: headers, body: ByteBuffer(string: form))
    }
}

extension TestResponse {
    /// The body as text.
    var text: String { String(buffer: body) }
}

extension Shop {
    /// Runs a test against the router, with the pages.
    func testPages(_ body: @Sendable (PageClient) async throws -> Void) async throws {
        try await api.buildApplication().test(.router) { try await body(PageClient(client: $0)) }
    }
}
