import NIOCore

/// One connection of a rate run: a request at a time, each as soon as it is due and the one before is answered.
final class PacedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let plan: RequestPlan
    private let index: Int
    private let promise: EventLoopPromise<RateResult>
    private var parser = AnswerParser()
    private var result = RateResult()
    private var number = 0
    private var due = NIODeadline.now()
    private var isOver = false

    init(_ plan: RequestPlan, index: Int, promise: EventLoopPromise<RateResult>) {
        self.plan = plan
        self.index = index
        self.promise = promise
        result.latencies.reserveCapacity(plan.count(of: index))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        sendWhenDue(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parser.append(unwrapInboundIn(data))
        do {
            while !isOver, let status = try parser.next() {
                result.note(status: status, latency: NIODeadline.now() - due)
                number += 1
                sendWhenDue(context)
            }
        } catch {
            end(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(context)
    }

    private func sendWhenDue(_ context: ChannelHandlerContext) {
        guard number < plan.count(of: index) else { return end(context) }
        let now = NIODeadline.now()
        due = plan.due(number, of: index) ?? now
        guard due > now else { return send(context) }
        let (bound, me) = (
            NIOLoopBound(context, eventLoop: context.eventLoop), NIOLoopBound(self, eventLoop: context.eventLoop)
        )
        context.eventLoop.scheduleTask(deadline: due) { me.value.send(bound.value) }
    }

    private func send(_ context: ChannelHandlerContext) {
        guard !isOver else { return }
        context.writeAndFlush(wrapOutboundOut(plan.request(number, of: index)), promise: nil)
    }

    /// What was not answered by now is an error, each of them.
    private func end(_ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        result.errors += plan.count(of: index) - number
        result.ended = .now()
        promise.succeed(result)
        context.close(promise: nil)
    }
}
