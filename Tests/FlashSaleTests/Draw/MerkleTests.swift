import FlashSale
import Testing

@Suite("Draw: the roster's tree")
struct MerkleTests {
    private let leaves: [DrawDigest]

    init() throws {
        leaves = try (0..<70).map { try #require(DrawDigest(Array(repeating: $0, count: 32))) }
    }

    /// The tree as RFC 6962 defines it: a node's left part is the largest power of two below the whole.
    private func root(_ leaves: ArraySlice<DrawDigest>) -> DrawDigest {
        guard leaves.count > 1 else { return leaves.first ?? MerkleRoot().root }
        var left = 1
        while left * 2 < leaves.count { left *= 2 }
        var pair = MerkleRoot()
        pair.add(root(leaves.prefix(left)))
        pair.add(root(leaves.dropFirst(left)))
        return pair.root
    }

    @Test("Leaves added one by one have the root of RFC 6962's tree, for every number of them")
    func roots() {
        var tree = MerkleRoot()
        for count in 0...leaves.count {
            #expect(tree.root == root(leaves.prefix(count)), "\(count)")
            #expect(tree.count == count)
            if count < leaves.count { tree.add(leaves[count]) }
        }
    }

    @Test("Every leaf is proved at its place, and nowhere else")
    func proofs() throws {
        for count in 1...leaves.count {
            let some = Array(leaves.prefix(count))
            let root = root(some[...])
            for index in 0..<count {
                let siblings = MerkleProof.siblings(of: index, in: some)
                let proof = MerkleProof(index: index, count: count, siblings: siblings)
                #expect(proof.proves(some[index], in: root))
                #expect(!proof.proves(leaves[(index + 1) % leaves.count], in: root))
                #expect(
                    !MerkleProof(index: index ^ 1, count: count, siblings: siblings).proves(some[index], in: root)
                        || count == 1
                )
                #expect(
                    !MerkleProof(index: index, count: count, siblings: siblings + [root]).proves(some[index], in: root)
                )
                if let last = siblings.indices.last {
                    #expect(
                        !MerkleProof(index: index, count: count, siblings: Array(siblings.dropLast())).proves(
                            some[index],
                            in: root
                        )
                    )
                    var changed = siblings
                    changed[last] = root
                    #expect(!MerkleProof(index: index, count: count, siblings: changed).proves(some[index], in: root))
                }
            }
        }
        let alone = MerkleProof(index: 0, count: 1, siblings: [])
        #expect(alone.proves(leaves[0], in: leaves[0]))
        for index in [-1, 1] {
            #expect(!MerkleProof(index: index, count: 1, siblings: []).proves(leaves[0], in: leaves[0]))
        }
    }

    @Test("Ways in pages of a power of two and over the pages' roots join to the way in the whole tree")
    func pages() {
        for count in 1...leaves.count {
            let some = Array(leaves.prefix(count))
            let pages = stride(from: 0, to: count, by: 8).map { Array(some[$0..<min($0 + 8, count)]) }
            let roots = pages.map { root($0[...]) }
            for index in 0..<count {
                let joined =
                    MerkleProof.siblings(of: index % 8, in: pages[index / 8])
                    + MerkleProof.siblings(of: index / 8, in: roots)
                #expect(joined == MerkleProof.siblings(of: index, in: some))
            }
        }
    }
}
