import NIOCore
import Testing

@testable import Redis

@Suite("Handshake")
struct HandshakeTests {
    private let address = RedisConfiguration.Address.tcp(host: "localhost", port: 6379)
    private let ok = RedisReply.status("OK")
    private let pong = RedisReply.status("PONG")

    private func error(_ code: String, _ message: String = "") -> RedisReply {
        .error(RedisServerError(code: code, message: message))
    }

    private func failure(_ progress: Handshake.Progress) -> RedisError? {
        if case .failed(let error) = progress { error } else { nil }
    }

    private func isComplete(_ progress: Handshake.Progress) -> Bool {
        if case .complete = progress { true } else { false }
    }

    private func isIncomplete(_ progress: Handshake.Progress) -> Bool {
        if case .incomplete = progress { true } else { false }
    }

    @Test("only what is configured is sent, and a PING")
    func commands() {
        var wire = ByteBuffer()
        for command in Handshake(RedisConfiguration(address: address)).commands { wire.writeCommand(command) }
        #expect(String(buffer: wire) == "*1\r\n$4\r\nPING\r\n")

        let full = RedisConfiguration(address: address, username: "u", password: "p", database: 2, clientName: "n")
        wire.clear()
        for command in Handshake(full).commands { wire.writeCommand(command) }
        #expect(
            String(buffer: wire)
                == "*3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$1\r\np\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n"
                + "*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$1\r\nn\r\n*1\r\n$4\r\nPING\r\n"
        )
    }

    @Test("it is complete with the last answer")
    func completion() {
        var handshake = Handshake(RedisConfiguration(address: address, password: "p", database: 2))
        #expect(isIncomplete(handshake.received(ok)))
        #expect(isIncomplete(handshake.received(ok)))
        #expect(isComplete(handshake.received(pong)))
        #expect(failure(handshake.received(pong))?.code == .protocolViolation)
    }

    @Test(
        "a refused password is told from a server that is full",
        arguments: [
            ("WRONGPASS", "invalid username-password pair or user is disabled.", RedisError.Code.authenticationFailed),
            ("ERR", "AUTH <password> called without any password configured", .authenticationFailed),
            ("ERR", "max number of clients reached", .server),
        ]
    )
    func refusedPassword(code: String, message: String, expected: RedisError.Code) {
        var handshake = Handshake(RedisConfiguration(address: address, password: "p"))
        let failure = failure(handshake.received(error(code, message)))
        #expect(failure?.code == expected)
        #expect(failure?.serverError?.code == code)
    }

    @Test("a missing password, a database that does not exist, and a server that still loads are failures")
    func failures() {
        var plain = Handshake(RedisConfiguration(address: address))
        #expect(failure(plain.received(error("NOAUTH", "Authentication required.")))?.code == .authenticationFailed)
        var loading = Handshake(RedisConfiguration(address: address))
        #expect(failure(loading.received(error("LOADING")))?.serverError?.code == "LOADING")
        var database = Handshake(RedisConfiguration(address: address, database: 99))
        #expect(failure(database.received(error("ERR", "DB index is out of range")))?.code == .server)
    }

    @Test("a user who may neither name the connection nor ping is welcome")
    func restrictedUser() {
        var handshake = Handshake(RedisConfiguration(address: address, clientName: "n"))
        #expect(isIncomplete(handshake.received(error("NOPERM"))))
        #expect(isComplete(handshake.received(error("NOPERM"))))
    }
}
