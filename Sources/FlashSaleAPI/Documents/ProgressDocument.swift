import FlashSale
import NIOCore

/// How a line stands and moves, as everybody reads it.
enum ProgressDocument {
    /// The document: at most 512 bytes.
    static func document(
        _ progress: LineProgress,
        estimate: WaitEstimate?,
        pollAfterMilliseconds: Int64
    ) -> ByteBuffer {
        JSONWriter.object { json in
            json.member("product_id", progress.product.rawValue)
            json.member("sale_state", progress.saleState.rawValue)
            json.member("stock_state", progress.stockState.rawValue)
            json.member("available_stock", progress.availableStock)
            json.member("served_ticket", progress.servedTicket)
            json.member("last_ticket", progress.lastTicket)
            json.member("tickets_per_second", tenths: estimate.map { Int64(($0.ticketsPerSecond * 10).rounded()) } ?? 0)
            json.member("poll_after_ms", pollAfterMilliseconds)
            if let draw = progress.draw {
                json.member("entrants", draw.entrants)
                json.member("draw_at", draw.drawAt.description)
            }
            if let opensAt = progress.opensAt { json.member("opens_at", opensAt.description) }
        }
    }
}
