import FlashSale
import FlashSaleAPI
import Foundation
import TestSupport
import Testing

@Suite("Hostile requests")
struct HostileRequestTests {
    /// One server for the whole table: what one request breaks, the next would notice.
    @Test("Each is refused with a problem document, and none changes anything")
    func everyRequestIsRefused() async throws {
        let requests = HostileRequest.all() + HostileRequest.unsignedPayments()
        #expect(requests.count >= 400)
        try await expectRefusals(of: requests, by: try Shop())
    }

    @Test("Payment events are refused before they are read where they have to be signed")
    func everySignatureIsRefused() async throws {
        var shop = try Shop()
        shop.payments = .signed(WebhookVerifier(secrets: [try WebhookSecret("0123456789abcdef")]))
        try await expectRefusals(of: HostileRequest.badSignatures() + HostileRequest.all(), by: shop)
    }

    private func expectRefusals(of requests: [HostileRequest], by shop: Shop) async throws {
        #expect(Set(requests.map(\.name)).count == requests.count)
        try await shop.testLive { port in
            for request in requests {
                let connection = try await RawConnection.open(port: port)
                connection.send(request.bytes)
                if request.closesInput { connection.closeInput() }
                let answers = try await connection.reply().answers
                let answer = try #require(answers.first, "\(request): no answer")
                #expect(answers.count == 1, "\(request)")
                #expect(answer.status == request.status, "\(request): \(answer.body)")
                #expect(answer.code == request.code, "\(request): \(answer.body)")
                #expect(answer.header("content-type") == "application/problem+json", "\(request)")
                #expect(answer.header("connection") == "close", "\(request)")
                #expect(answer.header("x-request-id") != nil, "\(request)")
            }
        }
        #expect(shop.line.changes == 0)
        #expect(shop.desk.changes == 0)
        #expect(shop.desk.recorded.isEmpty)
    }

    @Test("The server still works after all of them")
    func theServerSurvives() async throws {
        let shop = try Shop()
        try await shop.testLive { port in
            for request in HostileRequest.all() + HostileRequest.unsignedPayments() {
                let connection = try await RawConnection.open(port: port)
                connection.send(request.bytes)
                connection.close()
            }
            let connection = try await RawConnection.open(port: port)
            connection.send(Array("GET /health HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n".utf8))
            #expect(try await connection.reply().answers.map(\.status) == [200])
        }
        #expect(shop.line.changes == 0)
    }
}
