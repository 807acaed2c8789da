import FlashSale
import FlashSaleWorker
import Logging
import Testing

@Suite("Samples for the charts")
struct SampleServiceTests {
    private struct Away: Error {}

    /// Fails at first, and tells of each call.
    private actor Sampler: LineSampler {
        private let calls: AsyncStream<Int>.Continuation
        private var count = 0

        init(_ calls: AsyncStream<Int>.Continuation) { self.calls = calls }

        func takeSamples(worker: String) async throws -> Int {
            #expect(worker == "w")
            count += 1
            calls.yield(count)
            if count < 3 { throw Away() }
            return 1
        }

        func removeOldSamples(limit: Int) async throws -> Int { 0 }
    }

    @Test("A sample that fails is followed by the next, until the service is stopped", .timeLimit(.minutes(1)))
    func failing() async throws {
        let (calls, continuation) = AsyncStream.makeStream(of: Int.self)
        let service = SampleService(
            sampler: Sampler(continuation),
            worker: "w",
            period: .milliseconds(1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        await withDiscardingTaskGroup { group in
            group.addTask { await service.run() }
            for await call in calls where call == 5 { break }
            group.cancelAll()
        }
    }
}
