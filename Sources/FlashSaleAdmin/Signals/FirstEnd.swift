/// Two things that run at once, of which the first to end ends both.
enum FirstEnd {
    /// The outcome of whichever ends first; the other is cancelled and awaited.
    static func of(
        _ one: @escaping @Sendable () async -> Void,
        _ other: @escaping @Sendable () async throws -> Void
    ) async -> Result<Void, any Error> {
        await withTaskGroup(of: Result<Void, any Error>.self) { group in
            group.addTask {
                await one()
                return .success(())
            }
            group.addTask {
                do { return .success(try await other()) } catch { return .failure(error) }
            }
            defer { group.cancelAll() }
            return await group.next() ?? .success(())
        }
    }
}
