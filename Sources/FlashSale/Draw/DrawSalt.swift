/// What user ids are hashed with for one draw's roster: public, and another one for each draw.
///
/// It keeps rosters of two draws from being compared. It does not hide an id from somebody who guesses it.
public struct DrawSalt: Hashable, Sendable {
    /// H(`flashsale-draw-v1/salt` ‖ 00 ‖ product ‖ commitment).
    public let digest: DrawDigest
    private let prefix: [UInt8]

    /// The salt of a product's draw.
    public init(product: ProductID, commitment: DrawDigest) {
        digest = .hash(DrawScheme.label("salt"), DrawScheme.bytes(product.rawValue), commitment.bytes)
        prefix = DrawScheme.label("user") + digest.bytes
    }

    /// What stands for a user in the roster: H(`flashsale-draw-v1/user` ‖ 00 ‖ salt ‖ user id).
    public func hash(_ user: UserID) -> DrawDigest {
        var bytes = prefix
        bytes.append(contentsOf: user.rawValue.utf8)
        return .hash(bytes)
    }
}
