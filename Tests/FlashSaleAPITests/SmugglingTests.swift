import TestSupport
import Testing

@Suite("Smuggling")
struct SmugglingTests {
    @Test("None of the attempts makes the server see a second request; sent by itself, it is one")
    func attempts() async throws {
        let attempts = SmugglingAttempt.all()
        #expect(Set(attempts.map(\.name)).count == attempts.count)
        #expect(attempts.count >= 100)
        let shop = try Shop()
        try await shop.testLive { port in
            for attempt in attempts {
                let connection = try await RawConnection.open(port: port)
                connection.send(attempt.bytes)
                connection.closeInput()
                let answers = try await connection.reply().answers.filter { $0.status >= 200 }
                #expect(answers.count == 1, "\(attempt)")
                #expect(shop.line.changes == 0, "\(attempt)")
            }
            let connection = try await RawConnection.open(port: port)
            connection.send(Array(SmugglingAttempt.hidden(product: 1).utf8))
            connection.closeInput()
            #expect(try await connection.reply().answers.map(\.status) == [202])
        }
        #expect(shop.line.changes == 1)
        print("smuggling: 0 of \(attempts.count) attempts")
    }
}
