public import FlashSale

extension ConsolePage {
    /// Entries that could not be processed, to be retried or removed.
    public static func failed(_ entries: [FailedEntry], notice: String? = nil, token: String) -> String {
        let rows = entries.map { entry -> ConsoleHTML in
            """
            <tr><td><input type="checkbox" name="entry" value="\(entry.id)" id="e\(entry.id)"></td>
            <th scope="row"><label for="e\(entry.id)">\(entry.id)</label></th><td class="n">\(entry.product)</td>
            <td>\(entry.place ?? "cannot be read")</td><td>\(entry.reason)</td><td class="n">\(entry.attempts)</td>
            <td class="t">\(ConsoleText.time(entry.at))</td></tr>
            """
        }
        let said: ConsoleHTML = notice.map { #"<p class="notice" role="status">\#($0)</p>"# } ?? .nothing
        let form: ConsoleHTML =
            entries.isEmpty
            ? #"<p class="empty">No entry has failed.</p>"#
            : """
            <form method="post" action="/failed">\(field(token))<div class="scroll"><table>
            <caption>The oldest first, \(entries.count) shown</caption>
            <thead><tr><td></td><th scope="col">Entry</th><th scope="col" class="n">Product</th><th scope="col">Place</th>
            <th scope="col">Reason</th><th scope="col" class="n">Tries</th><th scope="col">Put aside (UTC)</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            <p class="row"><button name="action" value="retry" class="primary">Give a new place</button>
            <button name="action" value="flush">Remove…</button></p></form>
            """
        return frame(
            "Failed entries",
            current: "/failed",
            token: token,
            refreshes: false,
            content: """
                \(said)<h1>Failed entries</h1><p class="hint">Entries that no worker could process. A new place is at the back
                of the line: a ticket that failed stays failed.</p>\(form)
                """
        )
    }

    /// Payments that a person has to do something about.
    public static func payments(refunds: [PaymentOfConcern], reviews: [PaymentOfConcern], token: String) -> String {
        frame(
            "Payments",
            current: "/payments",
            token: token,
            refreshes: true,
            content: """
                <h1>Payments</h1><section aria-labelledby="r"><h2 id="r">To refund</h2>
                <p class="hint">They came when the units were gone: the money has to go back.</p>
                <div id="refunds" data-live>\(table(refunds, none: "No payment has to go back."))</div></section>
                <section aria-labelledby="v"><h2 id="v">To review</h2>
                <p class="hint">They contradict their order or its amount; they had no effect.</p>
                <div id="reviews" data-live>\(table(reviews, none: "There is no payment to look at."))</div></section>
                """
        )
    }

    private static func table(_ payments: [PaymentOfConcern], none: String) -> ConsoleHTML {
        guard !payments.isEmpty else { return #"<p class="empty">\#(none)</p>"# }
        let rows = payments.map { payment -> ConsoleHTML in
            let event = payment.event
            let amount = "\(event.amount) \(event.currency.code)"
            return """
                <tr><th scope="row">\(event.id)</th><td>\(event.order)</td><td>\(event.status.rawValue)</td>
                <td class="n">\(amount)</td><td class="t">\(ConsoleText.time(payment.receivedAt))</td></tr>
                """
        }
        return """
            <div class="scroll"><table><thead><tr><th scope="col">Event</th><th scope="col">Order</th>
            <th scope="col">Says</th><th scope="col" class="n">Amount (minor units)</th>
            <th scope="col">Received (UTC)</th></tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }

    /// What operators did.
    public static func log(_ actions: [OperatorActionRecord], _ page: OperatorActionPage, token: String) -> String {
        let rows = actions.map { action -> ConsoleHTML in
            let product: ConsoleHTML =
                action.product.map { #"<a href="/sales/\#($0)">\#($0)</a>"# } ?? "–"
            return """
                <tr><td class="n">\(action.id)</td><td class="t">\(ConsoleText.time(action.at))</td><td>\(action.actor)</td>
                <th scope="row">\(action.action.replacing("_", with: " "))</th><td class="n">\(product)</td>
                <td><code>\(action.detail)</code></td><td>\(action.result)</td></tr>
                """
        }
        let older: ConsoleHTML =
            if actions.count >= page.size, let last = actions.last {
                #"<p><a href="/log?\#(page.product.map { "product_id=\($0)&" } ?? "")before=\#(last.id)">Older</a></p>"#
            } else { .nothing }
        let table: ConsoleHTML =
            actions.isEmpty
            ? #"<p class="empty">Nothing is on record.</p>"#
            : """
            <div class="scroll"><table><thead><tr><th scope="col" class="n">No.</th><th scope="col">When (UTC)</th>
            <th scope="col">Who</th><th scope="col">What</th><th scope="col" class="n">Product</th>
            <th scope="col">How</th><th scope="col">Result</th></tr></thead><tbody>\(rows)</tbody></table></div>\(older)
            """
        let title = page.product.map { "Log of product \($0)" } ?? "Log"
        return frame(
            title,
            current: "/log",
            token: token,
            refreshes: page.before == nil,
            content: """
                <h1>\(title)</h1><p class="hint">What operators changed, by console and command line.</p>
                <div id="log" data-live>\(table)</div>
                """
        )
    }
}
