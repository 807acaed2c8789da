import NIOCore
import Testing

@testable import Redis

@Suite("Life of a connection")
struct ConnectionStateMachineTests {
    private typealias Machine = ConnectionStateMachine<String>

    private func time(_ milliseconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .milliseconds(milliseconds) }

    private func makeMachine(maximumInFlight: Int = 10) -> Machine {
        let configuration = RedisConfiguration(address: .tcp(host: "localhost", port: 6379))
        return Machine(
            handshake: Handshake(configuration),
            limits: ConnectionLimits(
                commandTimeout: .milliseconds(100),
                maximumInFlight: maximumInFlight,
                timerGranularity: .milliseconds(10)
            )
        )
    }

    private func makeReadyMachine(maximumInFlight: Int = 10) -> Machine {
        var machine = makeMachine(maximumInFlight: maximumInFlight)
        _ = machine.opened()
        _ = machine.received(.status("PONG"))
        return machine
    }

    /// Submits one command and returns when the timer is to fire, or why it was refused.
    private func submit(_ name: String, to machine: inout Machine, id: UInt64 = 0, at now: Int64 = 0)
        -> Result<NIODeadline, RedisError>
    {
        switch machine.submit(id: id, waiter: name, commands: 1, now: time(now)) {
        case .send(let timer): .success(timer)
        case .refuse(let error): .failure(error)
        }
    }

    private func refusal(_ result: Result<NIODeadline, RedisError>) -> RedisError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }

    private func closeCause(_ action: Machine.ReceiveAction) -> RedisError.Code? {
        if case .close(let error) = action { error.code } else { nil }
    }

    private func completed(_ action: Machine.ReceiveAction) -> String? {
        if case .complete(let waiter, _, _) = action { waiter } else { nil }
    }

    private func expired(_ action: Machine.TimerAction) -> (waiters: [String], next: NIODeadline?)? {
        if case .expire(let waiters, let next) = action { (waiters, next) } else { nil }
    }

    private func timerCloseCause(_ action: Machine.TimerAction) -> RedisError.Code? {
        if case .close(let error) = action { error.code } else { nil }
    }

    @Test("commands are refused until the handshake is answered")
    func handshake() {
        var machine = makeMachine()
        #expect(refusal(submit("a", to: &machine)) == .notConnected)
        #expect(machine.opened().count == 1)
        #expect(machine.opened().count == 0)
        #expect(refusal(submit("a", to: &machine)) == .notConnected)
        guard case .becomeReady = machine.received(.status("PONG")) else {
            Issue.record("not ready after the handshake")
            return
        }
        #expect(refusal(submit("a", to: &machine)) == nil)
        #expect(completed(machine.received(.status("OK"))) == "a")
    }

    @Test("a failed handshake closes the connection with the server's reason")
    func failedHandshake() {
        var machine = makeMachine()
        _ = machine.opened()
        let refusal = RedisReply.error(RedisServerError(code: "NOAUTH", message: "Authentication required."))
        #expect(closeCause(machine.received(refusal)) == .authenticationFailed)
        #expect(machine.close() == [])
    }

    @Test("a reply without a command is a violation, before the handshake and after it")
    func unexpectedReplies() {
        var early = makeMachine()
        #expect(closeCause(early.received(.null)) == .protocolViolation)
        var ready = makeReadyMachine()
        #expect(closeCause(ready.received(.null)) == .protocolViolation)
    }

    @Test("the bound on commands in flight counts abandoned ones, and pipelines by their commands")
    func inFlightBound() {
        var machine = makeReadyMachine(maximumInFlight: 3)
        #expect(refusal(submit("a", to: &machine, id: 1)) == nil)
        guard case .send = machine.submit(id: 2, waiter: "p", commands: 2, now: time(0)) else {
            Issue.record("a pipeline that fits was refused")
            return
        }
        #expect(refusal(submit("b", to: &machine, id: 3)) == .tooManyInFlight)
        #expect(machine.abandon(id: 1) == "a")
        #expect(refusal(submit("b", to: &machine, id: 4)) == .tooManyInFlight)
        #expect(completed(machine.received(.integer(1))) == nil)
        #expect(refusal(submit("b", to: &machine, id: 5)) == nil)
    }

    @Test("at the deadline of the first command the late ones fail, and the timer goes to the next one")
    func deadlines() throws {
        var machine = makeReadyMachine()
        #expect(try submit("a", to: &machine, id: 1, at: 0).get() == time(100))
        #expect(try submit("b", to: &machine, id: 2, at: 50).get() == time(150))
        machine.progressed(now: time(60))
        let first = try #require(expired(machine.timerFired(now: time(100))))
        #expect(first.waiters == ["a"])
        #expect(first.next == time(150))
        let second = try #require(expired(machine.timerFired(now: time(150))))
        #expect(second.waiters == ["b"])
        // Both replies are still awaited: the next look is for the connection's death.
        #expect(second.next == time(260))
        #expect(completed(machine.received(.integer(1))) == nil)
        #expect(completed(machine.received(.integer(2))) == nil)
        #expect(try #require(expired(machine.timerFired(now: time(260)))).next == nil)
    }

    @Test("deadlines close together are looked at together")
    func granularity() throws {
        var machine = makeReadyMachine()
        _ = submit("a", to: &machine, id: 1, at: 0)
        _ = submit("b", to: &machine, id: 2, at: 1)
        #expect(try #require(expired(machine.timerFired(now: time(100)))).next == time(110))
        #expect(try #require(expired(machine.timerFired(now: time(110)))).waiters == ["b"])
    }

    @Test("a connection that is silent for twice the timeout is dead, and fails those who still wait")
    func silence() throws {
        var machine = makeReadyMachine()
        _ = submit("a", to: &machine, id: 1, at: 1_000)
        #expect(try #require(expired(machine.timerFired(now: time(1_100)))).waiters == ["a"])
        _ = submit("b", to: &machine, id: 2, at: 1_150)
        #expect(timerCloseCause(machine.timerFired(now: time(1_200))) == .timedOut)
        #expect(machine.close() == ["b"])
    }

    @Test("bytes without a complete reply are a sign of life")
    func slowReply() throws {
        var machine = makeReadyMachine()
        _ = submit("a", to: &machine, id: 1, at: 0)
        machine.progressed(now: time(150))
        #expect(try #require(expired(machine.timerFired(now: time(200)))).waiters == ["a"])
    }

    @Test("an idle connection may be silent for any time")
    func idle() throws {
        var machine = makeReadyMachine()
        let action = try #require(expired(machine.timerFired(now: time(1_000_000))))
        #expect(action.waiters.isEmpty && action.next == nil)
        _ = submit("a", to: &machine, id: 1, at: 2_000_000)
        #expect(expired(machine.timerFired(now: time(2_000_100))) != nil)
    }

    @Test("draining takes no more commands and closes with the last reply")
    func draining() {
        var machine = makeReadyMachine()
        _ = submit("a", to: &machine, id: 1)
        _ = submit("b", to: &machine, id: 2)
        #expect(machine.drain() == false)
        #expect(refusal(submit("c", to: &machine, id: 3)) == .shutDown)
        #expect(machine.abandon(id: 2) == "b")
        #expect(completed(machine.received(.integer(1))) == "a")
        guard case .completeAndClose(let waiter, _, _) = machine.received(.integer(2)) else {
            Issue.record("the drained connection stays open")
            return
        }
        #expect(waiter == nil)
    }

    @Test("draining waits no longer than the last deadline")
    func drainingTimesOut() {
        var machine = makeReadyMachine()
        _ = submit("a", to: &machine, id: 1, at: 0)
        _ = submit("b", to: &machine, id: 2, at: 50)
        #expect(machine.drain() == false)
        machine.progressed(now: time(90))
        #expect(expired(machine.timerFired(now: time(100)))?.waiters == ["a"])
        #expect(timerCloseCause(machine.timerFired(now: time(150))) == .shutDown)
        #expect(machine.close() == ["b"])
    }

    @Test("draining an idle connection, or one that is not ready, closes it at once")
    func drainingIdle() {
        var ready = makeReadyMachine()
        #expect(ready.drain() == true)
        var connecting = makeMachine()
        #expect(connecting.drain() == true)
    }

    @Test("closing fails those who wait, once, and nothing follows")
    func closing() {
        var machine = makeReadyMachine()
        _ = submit("a", to: &machine, id: 1)
        #expect(machine.isClosed == false)
        #expect(machine.close() == ["a"])
        #expect(machine.isClosed == true)
        #expect(machine.close() == nil)
        #expect(machine.abandon(id: 1) == nil)
        #expect(machine.opened().count == 0)
        #expect(refusal(submit("b", to: &machine)) == .notConnected)
        guard case .none = machine.received(.integer(1)) else {
            Issue.record("a closed connection acts on a reply")
            return
        }
    }
}
