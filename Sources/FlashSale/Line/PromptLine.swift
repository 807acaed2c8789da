/// The two calls of ``PurchaseLine`` that a crowd makes, for callers on an event loop: without a task of their own.
///
/// A line that can't be asked from where the caller runs says so, and the caller asks ``PurchaseLine``, which always can.
public protocol PromptLine: Sendable {
    /// Takes a place in line, or finds the one that the user has: ``PurchaseLine/join(_:)``.
    ///
    /// - Parameter answer: Called once, on the caller's event loop, perhaps before this returns.
    /// - Returns: Whether the line is asked; else nothing was done, and `answer` is not called.
    func join(_ request: JoinRequest, answer: @escaping (Result<JoinAnswer, any Error>) -> Void) -> Bool

    /// Where the user stands: ``PurchaseLine/standing(of:for:renewsCart:)``.
    ///
    /// - Parameters:
    ///   - user: Who asks.
    ///   - product: For which product.
    ///   - renewsCart: Whether a cart with less than half of its life left is given a whole life again.
    ///   - answer: Called once, on the caller's event loop, perhaps before this returns.
    /// - Returns: Whether the line is asked; else nothing was done, and `answer` is not called.
    func standing(
        of user: UserID,
        for product: ProductID,
        renewsCart: Bool,
        answer: @escaping (Result<Standing?, any Error>) -> Void
    ) -> Bool
}
