import FlashSale
import NIOCore

/// What proves a user's entry, as the user reads it.
enum DrawProofDocument {
    static func document(_ proof: DrawProof, of user: UserID, in draw: DrawRecord, _ roster: FixedRoster) -> ByteBuffer
    {
        JSONWriter.object(capacity: 4_096) { json in
            json.member("product_id", draw.product.rawValue)
            json.member("user_id", user.rawValue)
            json.member("entry", proof.entry.number)
            json.member("quantity", proof.entry.quantity)
            json.member("user_hash", proof.entry.user.description)
            json.member("line", proof.entry.line)
            json.member("index", proof.merkle.index)
            json.member("entrants", proof.merkle.count)
            json.key("siblings")
            json.array { json in
                for sibling in proof.merkle.siblings { json.value(sibling.description) }
            }
            json.member("root", roster.root.description)
            if let rank = proof.rank {
                json.member("rank", rank)
                json.member("ticket", roster.firstTicket.rawValue + Int64(rank))
            }
        }
    }
}
