/// Computes the root of a tree of hashes from its leaves as they come, with memory for one node a level.
///
/// A node is H(01 ‖ left ‖ right). An odd node at the end of a level goes up as it is, so the tree has the shape of RFC 6962.
/// The root of no leaves is H(02 ‖ `flashsale-draw-v1/empty` ‖ 00).
public struct MerkleRoot: Sendable {
    /// How many leaves were added.
    public private(set) var count = 0
    // The roots of whole subtrees, the largest first: one for each bit of the count.
    private var subtrees: [DrawDigest] = []

    /// A tree without leaves.
    public init() {}

    /// Adds the next leaf.
    public mutating func add(_ leaf: DrawDigest) {
        var node = leaf
        for _ in 0..<count.trailingOnes { node = Self.node(subtrees.removeLast(), node) }
        subtrees.append(node)
        count += 1
    }

    /// The root of all leaves so far.
    public var root: DrawDigest {
        guard var root = subtrees.last else { return .hash([2], DrawScheme.label("empty")) }
        for left in subtrees.dropLast().reversed() { root = Self.node(left, root) }
        return root
    }

    /// The node above two.
    static func node(_ left: DrawDigest, _ right: DrawDigest) -> DrawDigest {
        withUnsafeTemporaryAllocation(byteCount: 1 + 2 * DrawDigest.byteCount, alignment: 1) { bytes in
            bytes[0] = 1
            bytes.storeBytes(of: left, toByteOffset: 1, as: DrawDigest.self)
            bytes.storeBytes(of: right, toByteOffset: 1 + DrawDigest.byteCount, as: DrawDigest.self)
            return .hash(UnsafeRawBufferPointer(bytes))
        }
    }
}

extension Int {
    /// How many of the lowest bits are set, up to the first that is not.
    fileprivate var trailingOnes: Int { (~self).trailingZeroBitCount }
}
