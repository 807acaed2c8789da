import FlashSale

/// A line that nobody can look at.
protocol UnwatchedLine: WatchedLine {}

extension UnwatchedLine {
    func look(at product: ProductID, for users: [WatchedUser]) async throws -> LineSighting {
        throw StoreUnavailable(reason: "there is nothing to see")
    }
}

/// A line that refuses every join for one reason that ``MemoryLine`` has no state for.
struct RefusingLine: PurchaseLine, UnwatchedLine {
    let refusal: JoinRefusal

    func join(_ request: JoinRequest) async throws -> JoinAnswer { .refused(refusal) }
    func standing(of user: UserID, for product: ProductID, renewsCart: Bool) async throws -> Standing? { nil }
    func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer { .alreadyDecided(nil) }
}

/// A line with a bug: it throws what nobody foresaw.
struct BrokenLine: PurchaseLine, UnwatchedLine {
    struct Bug: Error {}

    func join(_ request: JoinRequest) async throws -> JoinAnswer { throw Bug() }
    func standing(of user: UserID, for product: ProductID, renewsCart: Bool) async throws -> Standing? { throw Bug() }
    func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer { throw Bug() }
}
