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
}
