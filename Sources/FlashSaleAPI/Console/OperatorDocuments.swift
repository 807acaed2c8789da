import FlashSale
import FlashSaleWeb

/// What the operator's API answers.
enum OperatorDocuments {
    static func write(_ moment: ConsoleMoment, to json: inout JSONWriter) {
        let overview = moment.overview
        json.member("at", overview.at)
        json.key("sales")
        json.array { json in for sale in overview.sales { json.object { write(sale, at: overview.at, to: &$0) } } }
        json.member("hidden_sales", overview.hiddenSales)
        json.key("workers")
        json.array { json in
            for worker in overview.workers {
                json.object { json in
                    json.member("name", worker.name)
                    json.member("products", worker.products)
                    json.member("started_at", worker.startedAt)
                }
            }
        }
        json.key("checks")
        json.array { json in
            for check in moment.checks {
                json.object { json in
                    json.member("name", check.name)
                    json.member("ok", check.isWorking)
                    json.member("detail", check.detail)
                }
            }
        }
        json.member("failed_entries", overview.failedEntries)
        json.member("refunds_due", overview.refundsDue)
        json.member("payments_to_review", overview.toReview)
    }

    private static func write(_ sale: SaleSight, at now: Timestamp, to json: inout JSONWriter) {
        json.member("product_id", sale.product.id.rawValue)
        json.member("name", sale.product.name)
        json.member("sale_state", sale.product.saleState(at: now).rawValue)
        json.member("stock_state", sale.product.stockState.rawValue)
        json.member("total_stock", sale.product.totalStock)
        json.member("available_stock", sale.product.availableStock)
        json.member("waiting", numberOrNull: sale.waiting)
        json.member("last_ticket", numberOrNull: sale.lastTicket)
        json.member("served_ticket", numberOrNull: sale.servedTicket)
        json.member("joined_per_hour", numberOrNull: sale.rates.map { Int(($0.joined * 3600).rounded()) })
        json.member("decided_per_hour", numberOrNull: sale.rates.map { Int(($0.decided * 3600).rounded()) })
        json.member("worker", textOrNull: sale.worker)
        json.member("lease_ms_left", numberOrNull: sale.leaseMilliseconds)
        json.key("sample")
        if let sample = sale.sample { json.object { write(sample, to: &$0) } } else { json.null() }
    }

    static func write(
        _ samples: [LineSample],
        of product: ProductID,
        over span: SampleSpan,
        to json: inout JSONWriter
    ) {
        json.member("product_id", product.rawValue)
        json.member("span", span.rawValue)
        json.key("samples")
        json.array { json in for sample in samples { json.object { write(sample, to: &$0) } } }
    }

    private static func write(_ sample: LineSample, to json: inout JSONWriter) {
        json.member("at", sample.at)
        json.member("waiting", sample.waiting)
        json.member("last_ticket", sample.lastTicket)
        json.member("served_ticket", sample.servedTicket)
        json.member("available", sample.available)
        json.member("held", sample.held)
        json.member("sold", sample.sold)
        json.member("ordered", sample.outcomes.ordered)
        json.member("sold_out", sample.outcomes.soldOut)
        json.member("gone", sample.outcomes.gone)
        json.member("already_purchased", sample.outcomes.alreadyPurchased)
        json.member("failed", sample.outcomes.failed)
    }

    static func write(_ entry: FailedEntry, to json: inout JSONWriter) {
        json.member("id", entry.id)
        json.member("product_id", entry.product.rawValue)
        json.member("place", textOrNull: entry.place)
        json.member("reason", entry.reason)
        json.member("attempts", entry.attempts)
        json.member("at", entry.at)
    }

    static func write(_ payment: PaymentOfConcern, to json: inout JSONWriter) {
        json.member("event_id", payment.event.id)
        json.member("order_id", payment.event.order.description)
        json.member("status", payment.event.status.rawValue)
        json.member("amount", payment.event.amount)
        json.member("currency", payment.event.currency.code)
        json.member("received_at", payment.receivedAt)
    }

    static func write(_ action: OperatorActionRecord, to json: inout JSONWriter) {
        json.member("id", action.id)
        json.member("at", action.at)
        json.member("actor", action.actor)
        json.member("action", action.action)
        json.member("product_id", numberOrNull: action.product?.rawValue)
        json.member("detail", action.detail)
        json.member("result", action.result)
    }

    static func write(_ result: OperatorResult, of action: OperatorAction, to json: inout JSONWriter) {
        json.member("action", action.name)
        json.member("summary", result.summary)
        json.key("problems")
        json.array { json in for problem in result.problems { json.value(problem) } }
    }
}

extension JSONWriter {
    /// Writes a member that is a whole number, or `null`.
    fileprivate mutating func member(_ name: StaticString, numberOrNull number: (some BinaryInteger)?) {
        key(name)
        if let number { value(number) } else { null() }
    }
}
