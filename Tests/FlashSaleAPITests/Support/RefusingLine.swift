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

    func join(_ request: JoinRequest, answer: @escaping (Result<JoinAnswer, any Error>) -> Void) {
        answer(.success(.refused(refusal)))
    }

    func standing(
        of user: UserID,
        for product: ProductID,
        renewsCart: Bool,
        answer: @escaping (Result<Standing?, any Error>) -> Void
    ) {
        answer(.success(nil))
    }

    func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer { .alreadyDecided(nil) }
}

/// A line whose every call fails: with a bug that nobody foresaw, unless a test names another error.
struct BrokenLine: PurchaseLine, UnwatchedLine {
    struct Bug: Error {}

    var error: any Error = Bug()

    func join(_ request: JoinRequest, answer: @escaping (Result<JoinAnswer, any Error>) -> Void) {
        answer(.failure(error))
    }

    func standing(
        of user: UserID,
        for product: ProductID,
        renewsCart: Bool,
        answer: @escaping (Result<Standing?, any Error>) -> Void
    ) {
        answer(.failure(error))
    }

    func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer { throw error }
}
