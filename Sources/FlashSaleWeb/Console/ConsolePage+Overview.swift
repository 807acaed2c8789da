import FlashSale

extension ConsolePage {
    /// All sales at a glance.
    public static func overview(_ moment: ConsoleMoment, token: String) -> String {
        let overview = moment.overview
        let rows = overview.sales.map { row($0, at: overview.at) }
        let table: ConsoleHTML =
            overview.sales.isEmpty
            ? #"<p class="empty">There are no products. Create one: <code>flashsale product create</code></p>"#
            : """
            <div class="scroll"><table><caption>Held and sold are counted every \(LineSampling.periodSeconds) s.</caption>
            <thead><tr><th scope="col">Product</th>
            <th scope="col">State</th><th scope="col" class="n">Waiting</th><th scope="col" class="n">Joined /s</th>
            <th scope="col" class="n">Decided /s</th><th scope="col">Stock</th><th scope="col" class="n">Available</th>
            <th scope="col" class="n">Held</th><th scope="col" class="n">Sold</th><th scope="col">Worker</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
        let hidden: ConsoleHTML =
            overview.hiddenSales > 0 ? "<p>\(overview.hiddenSales) more products are not shown.</p>" : .nothing
        return frame(
            "Sales",
            current: "/",
            token: token,
            refreshes: true,
            content: """
                <h1>Sales</h1>
                <div id="attention" data-live>\(attention(moment))</div>
                <section id="sales" data-live aria-label="Sales">\(table)\(hidden)</section>
                <div class="pair"><section aria-labelledby="w"><h2 id="w">Workers</h2>
                <div id="workers" data-live>\(workers(overview))</div></section>
                <section aria-labelledby="s"><h2 id="s">Stores and breakers</h2>
                <div id="checks" data-live>\(checks(moment))</div></section></div>
                """
        )
    }

    private static func row(_ sale: SaleSight, at now: Timestamp) -> ConsoleHTML {
        let product = sale.product
        let held = ConsoleText.count(sale.sample?.held)
        let sold = ConsoleText.count(sale.sample?.sold)
        return """
            <tr><th scope="row"><a href="/sales/\(product.id)">\(product.name)</a> <small>\(product.id)</small></th>
            <td>\(badge(product.saleState(at: now)))</td><td class="n">\(ConsoleText.count(sale.waiting))</td>
            <td class="n">\(ConsoleText.rate(sale.rates?.joined))</td>
            <td class="n">\(ConsoleText.rate(sale.rates?.decided))</td>
            <td>\(stockBar(sale))</td><td class="n">\(ConsoleText.count(product.availableStock))</td>
            <td class="n">\(held)</td><td class="n">\(sold)</td><td>\(sale.worker ?? "nobody")</td></tr>
            """
    }

    /// A sale's state: a word in a colour, never the colour alone.
    static func badge(_ state: SaleState) -> ConsoleHTML {
        #"<span class="badge \#(state.rawValue)">\#(state.rawValue.replacing("_", with: " "))</span>"#
    }

    /// Sold, held and available as one bar.
    private static func stockBar(_ sale: SaleSight) -> ConsoleHTML {
        let total = Double(max(sale.product.totalStock, 1))
        let sold = Double(sale.sample?.sold ?? 0) / total * 100
        let held = Double(sale.sample?.held ?? 0) / total * 100
        let label = "\(Int(sold.rounded())) % sold, \(Int(held.rounded())) % held"
        return """
            <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="\(label)">
            <rect class="bar-all" width="100" height="8"/><rect class="bar-sold" width="\(ChartNumber.coordinate(sold))" \
            height="8"/><rect class="bar-held" x="\(ChartNumber.coordinate(sold))" \
            width="\(ChartNumber.coordinate(held))" height="8"/></svg>
            """
    }

    /// What a person has to do something about.
    static func attention(_ moment: ConsoleMoment) -> ConsoleHTML {
        let overview = moment.overview
        var items: [ConsoleHTML] = []
        func add(_ count: Int, _ one: String, _ many: String, _ path: String) {
            guard count > 0 else { return }
            items.append(#"<li><a href="\#(path)">\#(count) \#(count == 1 ? one : many)</a></li>"#)
        }
        add(overview.failedEntries, "failed entry", "failed entries", "/failed")
        add(overview.refundsDue, "refund due", "refunds due", "/payments")
        add(overview.toReview, "payment to review", "payments to review", "/payments")
        if overview.workers.isEmpty { items.append("<li>No worker lives: nobody is served</li>") }
        let broken = moment.checks.filter { !$0.isWorking }
        items += broken.map { "<li>\($0.name): \($0.detail)</li>" }
        return items.isEmpty ? .nothing : #"<ul class="attention" aria-label="Needs a person">\#(items)</ul>"#
    }

    static func workers(_ overview: OperatorOverview) -> ConsoleHTML {
        guard !overview.workers.isEmpty else { return #"<p class="empty">No worker lives.</p>"# }
        let rows = overview.workers.map { worker -> ConsoleHTML in
            let since = ConsoleText.duration(from: worker.startedAt, to: overview.at)
            return """
                <tr><th scope="row">\(worker.name)</th><td class="n">\(worker.products)</td><td class="n">\(since)</td></tr>
                """
        }
        return """
            <table><thead><tr><th scope="col">Worker</th><th scope="col" class="n">Products</th>
            <th scope="col" class="n">Up</th></tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    static func checks(_ moment: ConsoleMoment) -> ConsoleHTML {
        let rows = moment.checks.map { check -> ConsoleHTML in
            let state = check.isWorking ? "good" : "bad"
            let name = check.name.replacing("_", with: " ")
            return
                #"<tr><th scope="row">\#(name)</th><td><span class="badge \#(state)">\#(check.detail)</span></td></tr>"#
        }
        return """
            <table><thead><tr><th scope="col">As this API process sees it</th><th scope="col">State</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            """
    }
}
