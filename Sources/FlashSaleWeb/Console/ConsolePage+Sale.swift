public import FlashSale

extension ConsolePage {
    /// One sale: what it is now, its charts, and what can be done.
    ///
    /// - Parameters:
    ///   - done: The action that was just done, to be said above.
    public static func sale(
        _ sale: SaleSight,
        _ moment: ConsoleMoment,
        samples: [LineSample],
        span: SampleSpan,
        done: OperatorAction? = nil,
        token: String
    ) -> String {
        let product = sale.product
        let notice: ConsoleHTML =
            done.map { #"<p class="notice" role="status">Done: \#($0.words). It is on record.</p>"# } ?? .nothing
        return frame(
            product.name,
            token: token,
            refreshes: true,
            content: """
                \(notice)<h1>\(product.name) <small>product \(product.id)</small></h1>
                <div id="attention" data-live>\(attention(moment))</div>
                <div id="figures" data-live>\(figures(sale, moment))</div>
                <nav class="actions" aria-label="Actions">\(actions(product, at: moment.overview.at))</nav>
                \(spans(product.id, span))
                <div id="charts" class="charts" data-live>\(ConsoleHTML(charts(samples).map { ConsoleHTML($0) }))</div>
                """
        )
    }

    private static func figures(_ sale: SaleSight, _ moment: ConsoleMoment) -> ConsoleHTML {
        let product = sale.product
        let lease = sale.leaseMilliseconds.map { " (lease \(ConsoleText.rate(Double($0) / 1000)) s)" } ?? ""
        let outcomes = sale.sample?.outcomes
        let facts: [(String, ConsoleHTML)] = [
            ("State", badge(product.saleState(at: moment.overview.at))),
            ("Waiting", "\(ConsoleText.count(sale.waiting))"),
            ("Joined /s", "\(ConsoleText.rate(sale.rates?.joined))"),
            ("Decided /s", "\(ConsoleText.rate(sale.rates?.decided))"),
            ("Ticket served", "\(ConsoleText.count(sale.servedTicket.map { Int($0) }))"),
            ("Ticket handed out", "\(ConsoleText.count(sale.lastTicket.map { Int($0) }))"),
            (
                "Available",
                "\(ConsoleText.count(product.availableStock)) <small>of \(ConsoleText.count(product.totalStock))</small>"
            ),
            ("Held", "\(ConsoleText.count(sale.sample?.held))"),
            ("Sold", "\(ConsoleText.count(sale.sample?.sold))"),
            ("Ordered", "\(ConsoleText.count(outcomes?.ordered))"),
            ("Told sold out", "\(ConsoleText.count(outcomes?.soldOut))"),
            ("Served by", "\(sale.worker ?? "nobody")\(lease)"),
        ]
        let items = facts.map { name, value in "<div><dt>\(name)</dt><dd>\(value)</dd></div>" as ConsoleHTML }
        return #"<dl class="figures">\#(items)</dl>\#(age(of: sale.sample, at: moment.overview.at))"#
    }

    /// What is sampled is older than the rest.
    private static func age(of sample: LineSample?, at now: Timestamp) -> ConsoleHTML {
        guard let sample else { return .nothing }
        return """
            <p class="hint">Held, sold, ordered and told sold out are counted every \(LineSampling.periodSeconds) s: these \
            \(ConsoleText.duration(from: sample.at, to: now)) ago.</p>
            """
    }

    private static func actions(_ product: Product, at now: Timestamp) -> ConsoleHTML {
        let path = "/sales/\(product.id)"
        let pausing: ConsoleHTML =
            product.isPaused
            ? #"<a class="button primary" href="\#(path)/resume">Resume</a>"#
            : #"<a class="button" href="\#(path)/pause">Pause</a>"#
        let closing: ConsoleHTML =
            product.saleState(at: now) == .closed
            ? .nothing : #"<a class="button danger" href="\#(path)/close">Close the sale</a>"#
        return """
            \(pausing)<a class="button" href="\(path)/restock">Restock</a>\(closing)
            <a class="button" href="/log?product_id=\(product.id)">Log</a>
            """
    }

    private static func spans(_ product: ProductID, _ current: SampleSpan) -> ConsoleHTML {
        let links = SampleSpan.allCases.map { span -> ConsoleHTML in
            let mark: ConsoleHTML = span == current ? #" aria-current="true""# : .nothing
            return #"<a href="/sales/\#(product)?span=\#(span.rawValue)"\#(mark)>\#(span.rawValue)</a>"#
        }
        return #"<nav class="spans" aria-label="Time of the charts">\#(links)</nav>"#
    }

    /// The charts over a sale's time.
    static func charts(_ samples: [LineSample]) -> [Chart] {
        let time = ChartAxis("time of day (UTC)", kind: .timeOfDay)
        func series(_ name: String, _ style: ChartSeries.Style, _ value: (LineSample) -> Double) -> ChartSeries {
            ChartSeries(name: name, points: samples.map { .init($0.seconds, value($0)) }, style: style)
        }
        let rates = zip(samples, samples.dropFirst()).compactMap { earlier, later in
            LineRates(from: earlier, to: later).map { (at: later.seconds, rates: $0) }
        }
        return [
            Chart(
                title: "Pace",
                xAxis: time,
                yAxis: ChartAxis("tickets per second"),
                series: [
                    ChartSeries(name: "decided", points: rates.map { .init($0.at, $0.rates.decided) }),
                    ChartSeries(name: "joined", points: rates.map { .init($0.at, $0.rates.joined) }),
                ]
            ),
            Chart(
                title: "Waiting",
                xAxis: time,
                yAxis: ChartAxis("people"),
                series: [series("waiting", .area) { Double($0.waiting) }]
            ),
            Chart(
                title: "Stock",
                xAxis: time,
                yAxis: ChartAxis("units"),
                series: [
                    series("sold", .stacked) { Double($0.sold) }, series("held", .stacked) { Double($0.held) },
                    series("available", .stacked) { Double($0.available) },
                ]
            ),
            Chart(
                title: "Outcomes",
                xAxis: time,
                yAxis: ChartAxis("tickets decided so far"),
                series: [
                    series("ordered", .step) { Double($0.outcomes.ordered) },
                    series("sold out", .step) { Double($0.outcomes.soldOut) },
                    series("left or ran out", .step) { Double($0.outcomes.gone) },
                    series("had bought", .step) { Double($0.outcomes.alreadyPurchased) },
                    series("failed", .step) { Double($0.outcomes.failed) },
                ]
            ),
        ]
    }
}

extension LineSample {
    /// Seconds since 1970.
    fileprivate var seconds: Double { Double(at.microseconds) / 1_000_000 }
}

extension OperatorAction {
    /// What was done, in words that need no figures.
    fileprivate var words: String {
        switch self {
        case .pause: "the line is paused"
        case .resume: "the line moves again"
        case .restock: "the units are on sale"
        case .close: "the sale is closed"
        case .retryFailed, .flushFailed: "the entries are dealt with"
        }
    }
}
