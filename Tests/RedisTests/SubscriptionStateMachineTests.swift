import NIOCore
import Testing

@testable import Redis

@Suite("Life of a subscription")
struct SubscriptionStateMachineTests {
    private func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    private func text(_ text: String) -> RedisReply { .string(Array(text.utf8)) }

    private func confirmation(_ channel: String) -> RedisReply {
        .array([text("subscribe"), text(channel), .integer(1)])
    }

    private func makeMachine(_ channels: String...) -> SubscriptionStateMachine {
        SubscriptionStateMachine(
            handshake: Handshake(RedisConfiguration(address: .tcp(host: "localhost", port: 6379))),
            channels: channels,
            answerLimit: .seconds(4),
            now: time(0)
        )
    }

    private func makeSubscribedMachine() -> SubscriptionStateMachine {
        var machine = makeMachine("a")
        _ = machine.opened()
        _ = machine.received(.status("PONG"))
        _ = machine.received(confirmation("a"))
        return machine
    }

    private func delivered(_ action: SubscriptionStateMachine.ReceiveAction) -> RedisMessage? {
        if case .deliver(let message) = action { message } else { nil }
    }

    private func closeCause(_ action: SubscriptionStateMachine.ReceiveAction) -> RedisError.Code? {
        if case .close(let error) = action { error.code } else { nil }
    }

    @Test("it subscribes after the handshake, and is subscribed once every channel is confirmed")
    func subscribing() {
        var machine = makeMachine("a", "b")
        #expect(machine.opened().count == 1)
        guard case .send(let command) = machine.received(.status("PONG")) else {
            Issue.record("nothing was sent after the handshake")
            return
        }
        var wire = ByteBuffer()
        wire.writeCommand(command)
        #expect(String(buffer: wire) == "*3\r\n$9\r\nSUBSCRIBE\r\n$1\r\na\r\n$1\r\nb\r\n")
        guard case .none = machine.received(confirmation("a")) else {
            Issue.record("subscribed before the second channel")
            return
        }
        guard case .becomeSubscribed = machine.received(confirmation("b")) else {
            Issue.record("not subscribed after the second channel")
            return
        }
    }

    @Test("messages are delivered with any bytes, even between two confirmations")
    func messages() {
        var machine = makeMachine("a", "b")
        _ = machine.opened()
        _ = machine.received(.status("PONG"))
        _ = machine.received(confirmation("a"))
        let message = RedisReply.array([text("message"), text("a"), .string([0x00, 0xFF])])
        #expect(delivered(machine.received(message)) == RedisMessage(channel: "a", payload: [0x00, 0xFF]))
        _ = machine.received(confirmation("b"))
        #expect(delivered(machine.received(message)) == RedisMessage(channel: "a", payload: [0x00, 0xFF]))
        #expect(delivered(machine.received(.array([text("pong"), text("")]))) == nil)
    }

    @Test("a refusal, or what is no message, closes it")
    func failures() {
        var refused = makeMachine("a")
        _ = refused.opened()
        _ = refused.received(.status("PONG"))
        let error = RedisServerError(code: "NOPERM", message: "no permission")
        #expect(closeCause(refused.received(.error(error))) == .server)
        var confused = makeSubscribedMachine()
        #expect(closeCause(confused.received(.integer(1))) == .protocolViolation)
        var early = makeMachine("a")
        #expect(closeCause(early.received(.null)) == .protocolViolation)
    }

    private func isPing(_ action: SubscriptionStateMachine.TickAction) -> Bool {
        if case .send = action { true } else { false }
    }

    private func closeCause(_ action: SubscriptionStateMachine.TickAction) -> RedisError.Code? {
        if case .close(let error) = action { error.code } else { nil }
    }

    @Test("a silent server is asked once for a sign of life, and given up without one")
    func heartbeat() {
        var machine = makeSubscribedMachine()
        machine.progressed(now: time(10))
        #expect(!isPing(machine.ticked(now: time(11))))
        #expect(isPing(machine.ticked(now: time(12))))
        #expect(!isPing(machine.ticked(now: time(14))))
        #expect(closeCause(machine.ticked(now: time(15))) == nil)
        #expect(closeCause(machine.ticked(now: time(16))) == .timedOut)
    }

    @Test("any byte is an answer, and a process that stood still does not blame the server")
    func answers() {
        var machine = makeSubscribedMachine()
        #expect(isPing(machine.ticked(now: time(1_000))))
        machine.progressed(now: time(1_001))
        #expect(closeCause(machine.ticked(now: time(1_004))) == nil)
        machine.progressed(now: time(1_006))
        #expect(isPing(machine.ticked(now: time(2_000))))
    }
}
