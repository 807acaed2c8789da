import FlashSale
import NIOCore

/// Where a user stands, as the user reads it.
enum StandingDocument {
    /// The document.
    ///
    /// - Parameter forecast: What the user may expect while waiting.
    static func document(_ standing: Standing, forecast: Forecast?, pollAfterMilliseconds: Int64) -> ByteBuffer {
        JSONWriter.object { write(standing, forecast: forecast, pollAfterMilliseconds: pollAfterMilliseconds, to: &$0) }
    }

    private static func write(
        _ standing: Standing,
        forecast: Forecast?,
        pollAfterMilliseconds: Int64,
        to json: inout JSONWriter
    ) {
        json.member("status", standing.status.rawValue)
        json.member("product_id", standing.product.rawValue)
        json.member("user_id", standing.user.rawValue)
        // An entry's number is no place in line.
        if standing.status == .entered {
            json.member("entry", standing.ticket.rawValue)
        } else {
            json.member("ticket", standing.ticket.rawValue)
        }
        json.member("quantity", standing.quantity)
        if let position = standing.position { json.member("position", position) }
        json.member("served_ticket", standing.servedTicket)
        json.member("last_ticket", standing.lastTicket)
        json.member("sale_state", standing.saleState.rawValue)
        json.member("stock_state", standing.stockState.rawValue)
        if let forecast { json.member("outlook", forecast.outlook.rawValue) }
        if let wait = forecast?.wait {
            json.key("eta_seconds")
            json.object { json in
                json.member("p50", wait.p50)
                json.member("p90", wait.p90)
            }
        }
        if standing.status == .queued, let expiry = standing.cartExpiresAt {
            json.member("cart_expires_at", expiry.description)
        }
        if let draw = standing.draw {
            json.member("entrants", draw.entrants)
            json.member("draw_at", draw.drawAt.description)
        }
        if standing.status != .entered { json.member("order_id", standing.order.description) }
        json.member("status_url", APIPath.standing(of: standing.user, for: standing.product))
        json.member("poll_after_ms", pollAfterMilliseconds)
    }
}
