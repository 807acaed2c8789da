/// The way from one leaf to the root: with it anyone can check that an entry is part of a roster, without the roster.
public struct MerkleProof: Hashable, Sendable {
    /// The leaf's place among the leaves, from 0.
    public var index: Int
    /// How many leaves the tree has.
    public var count: Int
    /// The nodes beside the way, from the leaf up; none where a node goes up as it is.
    public var siblings: [DrawDigest]

    /// A proof as it was given.
    public init(index: Int, count: Int, siblings: [DrawDigest]) {
        self.index = index
        self.count = count
        self.siblings = siblings
    }

    /// The nodes beside the way from a node to the root of all nodes of its level.
    ///
    /// Ways can be joined: in a roster kept in pages of a power of two leaves each (the last one may be shorter), an entry's
    /// siblings are those in its page, and then those of the page's root among the roots of all pages.
    ///
    /// - Parameters:
    ///   - index: The node's place, from 0.
    ///   - nodes: All nodes of its level.
    public static func siblings(of index: Int, in nodes: [DrawDigest]) -> [DrawDigest] {
        var siblings: [DrawDigest] = []
        var (index, level) = (index, nodes)
        while level.count > 1 {
            if index ^ 1 < level.count { siblings.append(level[index ^ 1]) }
            level = stride(from: 0, to: level.count, by: 2).map { left in
                left + 1 < level.count ? MerkleRoot.node(level[left], level[left + 1]) : level[left]
            }
            index /= 2
        }
        return siblings
    }

    /// Whether the leaf is at its place in the tree with that root.
    public func proves(_ leaf: DrawDigest, in root: DrawDigest) -> Bool {
        guard index >= 0, index < count else { return false }
        var (node, index, last, rest) = (leaf, index, count - 1, siblings[...])
        while last > 0 {
            if index ^ 1 <= last {
                guard let sibling = rest.popFirst() else { return false }
                node = index.isMultiple(of: 2) ? MerkleRoot.node(node, sibling) : MerkleRoot.node(sibling, node)
            }
            index /= 2
            last /= 2
        }
        return rest.isEmpty && node == root
    }
}
