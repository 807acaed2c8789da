import Testing

@testable import FlashSaleAPI

@Suite("Connection state")
struct ConnectionStateTests {
    private func reading(_ state: inout ConnectionState, isLast: Bool = false) {
        #expect(state.receivedHead(isLast: isLast) == true)
        #expect(state.receivedEnd() == true)
    }

    @Test("A request that is read and answered leaves the connection as it was")
    func keepAlive() {
        var state = ConnectionState()
        for _ in 0..<3 {
            reading(&state)
            #expect(state.readCompleted() == .nothing)
            #expect(state.writingHead() == false)
            #expect(state.wroteEnd() == .proceed)
        }
    }

    @Test("Bytes that make no part are the beginning of a head")
    func partialHead() {
        var state = ConnectionState()
        #expect(state.readCompleted() == .head)
        #expect(state.readCompleted() == .head)
        #expect(state.receivedHead(isLast: false) == true)
        #expect(state.readCompleted() == .body)
        #expect(state.receivedEnd() == true)
        #expect(state.readCompleted() == .nothing)
    }

    @Test("After a request that asks to close, nothing more is read, and its answer says so")
    func close() {
        var state = ConnectionState()
        reading(&state)
        reading(&state, isLast: true)
        #expect(state.receivedHead(isLast: false) == false)
        #expect(state.receivedBody() == false)
        #expect(state.receivedEnd() == false)
        #expect(state.failed(.malformed) == .ignore)
        #expect(state.writingHead() == false)
        #expect(state.wroteEnd() == .proceed)
        #expect(state.writingHead() == true)
        #expect(state.wroteEnd() == .close)
    }

    @Test("An answer that is ready before its request is read closes the connection")
    func earlyAnswer() {
        var state = ConnectionState()
        #expect(state.receivedHead(isLast: false) == true)
        #expect(state.receivedBody() == true)
        #expect(state.writingHead() == true)
        #expect(state.wroteEnd() == .close)
        #expect(state.receivedBody() == false)
        #expect(state.readCompleted() == .nothing)
        #expect(state.failed(.malformed) == .ignore)
    }

    @Test("What is no request is refused at once when nothing else is owed")
    func refusal() {
        var state = ConnectionState()
        #expect(state.failed(.malformed) == .refuse(.malformed))
        #expect(state.failed(.malformed) == .ignore)
        #expect(state.receivedHead(isLast: false) == false)
        #expect(state.timedOut(waitingFor: .head) == .ignore)
    }

    @Test("Behind requests that are being answered, the refusal waits for its turn")
    func refusalInTurn() {
        var state = ConnectionState()
        reading(&state)
        reading(&state)
        #expect(state.failed(.headersTooLarge) == .ignore)
        #expect(state.writingHead() == false)
        #expect(state.wroteEnd() == .proceed)
        #expect(state.writingHead() == false)
        #expect(state.wroteEnd() == .refuse(.headersTooLarge))
    }

    @Test("A body that breaks off is told to its handler, whose answer is the last")
    func brokenBody() {
        var state = ConnectionState()
        #expect(state.receivedHead(isLast: false) == true)
        #expect(state.failed(.malformed) == .failBody(.malformed))
        #expect(state.receivedBody() == false)
        #expect(state.writingHead() == true)
        #expect(state.wroteEnd() == .close)
    }

    @Test("Deadlines end what they were set for, and nothing else")
    func deadlines() {
        var silent = ConnectionState()
        #expect(silent.timedOut(waitingFor: .head) == .close)

        var slowHead = ConnectionState()
        #expect(slowHead.readCompleted() == .head)
        #expect(slowHead.timedOut(waitingFor: .body) == .ignore)
        #expect(slowHead.timedOut(waitingFor: .head) == .refuse(.headTooSlow))

        var slowBody = ConnectionState()
        #expect(slowBody.receivedHead(isLast: false) == true)
        #expect(slowBody.timedOut(waitingFor: .head) == .ignore)
        #expect(slowBody.timedOut(waitingFor: .body) == .failBody(.bodyTooSlow))

        var busy = ConnectionState()
        reading(&busy)
        #expect(busy.timedOut(waitingFor: .head) == .ignore)
        #expect(busy.timedOut(waitingFor: .body) == .ignore)
    }

    @Test("A server that goes down answers what was asked, and says that it closes")
    func quiesce() {
        var busy = ConnectionState()
        reading(&busy)
        #expect(busy.quiesce() == .proceed)
        #expect(busy.receivedHead(isLast: false) == false)
        #expect(busy.writingHead() == true)
        #expect(busy.wroteEnd() == .close)
    }

    @Test("A request that was on its way when the server went down is the connection's last")
    func lateRequest() {
        var new = ConnectionState()
        #expect(new.quiesce() == .awaitRequest)

        var idle = ConnectionState()
        reading(&idle)
        #expect(idle.wroteEnd() == .proceed)
        #expect(idle.quiesce() == .awaitRequest)
        reading(&idle)
        #expect(idle.receivedHead(isLast: false) == false)
        #expect(idle.writingHead() == true)
        #expect(idle.wroteEnd() == .close)
    }

    @Test("A client that closes its side still gets its answers")
    func halfClosed() {
        var state = ConnectionState()
        reading(&state)
        state.inputClosed()
        #expect(state.readCompleted() == .nothing)
        #expect(state.writingHead() == false)
        #expect(state.wroteEnd() == .proceed)
    }

    @Test("The parser is given a head, then so much of a body as there is, then nothing until the answer")
    func intake() {
        var state = ConnectionState()
        #expect(state.intake == .head)
        #expect(state.receivedHead(isLast: false, framing: .length(5)) == true)
        #expect(state.intake == .body(5))
        #expect(state.receivedBody(2) == true)
        #expect(state.intake == .body(3))
        #expect(state.receivedBody(3) == true)
        #expect(state.receivedEnd() == true)
        #expect(state.intake == .later)
        #expect(state.writingHead() == false)
        #expect(state.wroteEnd() == .proceed)
        #expect(state.intake == .head)
        #expect(state.receivedHead(isLast: true, framing: .chunked) == true)
        #expect(state.intake == .chunks)
        #expect(state.receivedEnd() == true)
        #expect(state.intake == .never)
        #expect(state.wroteEnd() == .close)
        #expect(state.intake == .never)
        var broken = ConnectionState()
        #expect(broken.failed(.malformed) == .refuse(.malformed))
        #expect(broken.intake == .never)
    }

    @Test("A client that was told to wait is given no request until the time is over")
    func throttling() {
        var state = ConnectionState()
        reading(&state)
        state.throttle()
        #expect(state.wroteEnd() == .proceed)
        #expect(state.intake == .later)
        #expect(!state.isIdle)
        state.endThrottling()
        #expect(state.intake == .head)
        #expect(state.isIdle)
    }

    @Test("A body is asked for once: when its head is read, nothing of it has come, and nothing is answered")
    func expectation() {
        func state(_ framing: ConnectionState.Framing = .length(4), owes: Bool = false) -> ConnectionState {
            var state = ConnectionState()
            if owes { reading(&state) }
            #expect(state.receivedHead(isLast: false, framing: framing, expectsContinue: true) == true)
            return state
        }
        var asked = state()
        #expect(asked.takesContinue() == true)
        #expect(asked.takesContinue() == false)
        var chunked = state(.chunked)
        #expect(chunked.takesContinue() == true)
        var empty = state(.length(0))
        #expect(empty.takesContinue() == false)
        var begun = state()
        #expect(begun.receivedBody(1) == true)
        #expect(begun.takesContinue() == false)
        var refused = state()
        #expect(refused.writingHead() == true)
        #expect(refused.takesContinue() == false)
        var behindAnother = state(owes: true)
        #expect(behindAnother.takesContinue() == false)
    }
}
