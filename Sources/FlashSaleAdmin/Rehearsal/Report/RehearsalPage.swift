import FlashSale
import FlashSaleWeb

/// The report as one HTML file that needs no other: its style and its charts are in it.
struct RehearsalPage {
    let report: RehearsalReport

    /// The document.
    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\("\(report.verdict.rawValue): \(report.heading)".htmlEscaped)</title>
        <style>
        \(Self.style)
        \(Chart.styleSheet)
        </style>
        </head>
        <body>
        <main>
        <header>
        <p class="verdict \(report.verdict.rawValue.lowercased())">\(report.verdict.rawValue)</p>
        <h1>\("Rehearsal: \(report.heading)".htmlEscaped)</h1>
        <p class="soft">\("\(report.startedAt), \(report.conditions)".htmlEscaped)</p>
        </header>
        \(figures)
        <section>
        <h2>Checks</h2>
        \(checks)
        </section>
        <section>
        <h2>Over time</h2>
        \(charts)
        </section>
        <section>
        <h2>What people waited</h2>
        \(positions)
        \(waits)
        </section>
        <section class="two">
        <div>
        <h2>How it ended for them</h2>
        \(endings)
        </div>
        <div>
        <h2>Answers without success</h2>
        \(failures)
        </div>
        </section>
        <section>
        <h2>How fast the API answered</h2>
        \(latencies)
        </section>
        </main>
        </body>
        </html>

        """
    }

    private var figures: String {
        let sold = report.endings.first { $0.word == "completed" }?.people ?? 0
        let facts = [
            ("people", "\(report.plan.users)"), ("sold", "\(sold) of \(report.plan.stock)"),
            ("took", report.elapsed.seconds), ("requests", "\(report.requests)"),
            ("median wait", RehearsalReport.seconds(report.waits.at(0.5))),
            ("longest wait", RehearsalReport.seconds(report.waits.most)),
        ]
        let items = facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1.htmlEscaped)</dd></div>" }
        return "<dl class=\"figures\">\(items.joined())</dl>"
    }

    private var checks: String {
        let rows = report.checks.map { check in
            """
            <tr><th scope="row">\(check.name.htmlEscaped)</th>\
            <td><span class="mark \(check.verdict.rawValue)">\(check.verdict.title)</span></td>\
            <td>\(check.detail.htmlEscaped)</td></tr>
            """
        }
        return Self.table(["Check", "Verdict", "What was seen"], rows, class: "checks")
    }

    private var waits: String {
        let rows = [("Everybody", report.waits), ("Who got a unit", report.winnersWaits)].map { name, waits in
            let times = [waits.at(0.5), waits.at(0.9), waits.at(0.99), waits.most].map(RehearsalReport.seconds)
            return Self.row(name, ["\(waits.count)"] + times)
        }
        return Self.table(["From ticket to decision", "People", "p50", "p90", "p99", "Max"], rows)
    }

    private var latencies: String {
        let rows = report.latencies.map { latency in
            let took = latency.took
            let times = [took.at(0.5), took.at(0.99), took.at(0.999), took.most].map(RehearsalReport.milliseconds)
            return Self.row(latency.route.title, ["\(took.count)"] + times + ["\(latency.failures)"])
        }
        return Self.table(["Request", "Answers", "p50", "p99", "p99.9", "Max", "No success"], rows)
    }

    private var endings: String {
        let most = max(1, report.endings.map(\.people).max() ?? 1)
        let rows = report.endings.map { ending in
            """
            <tr><th scope="row">\(ending.word.htmlEscaped)</th><td class="number">\(ending.people)</td>\
            <td class="share"><meter min="0" max="\(most)" value="\(ending.people)">\(ending.people)</meter></td></tr>
            """
        }
        return Self.table(["Outcome", "People", "Share"], rows)
    }

    private var failures: String {
        guard !report.failures.isEmpty else { return "<p>None.</p>" }
        let rows = report.failures.prefix(20).map { entry in
            let status = entry.failure.status == 0 ? "-" : "\(entry.failure.status)"
            return Self.row("\(entry.failure.route.title) \(entry.failure.word)", [status, "\(entry.times)"])
        }
        return Self.table(["Request and code", "Status", "Times"], Array(rows))
    }
}

extension RehearsalPage {
    private static let time = ChartAxis("time since the start", kind: .elapsedSeconds)

    private var charts: String {
        let moments = report.series.moments
        let points = { (value: (RehearsalSeries.Moment) -> Double) in
            moments.map { ChartSeries.Point($0.at, value($0)) }
        }
        return [
            Chart(
                title: "Joins and decisions",
                xAxis: Self.time,
                yAxis: ChartAxis("people per second"),
                series: [
                    ChartSeries(name: "joined", points: points(\.joinsPerSecond), style: .area),
                    ChartSeries(name: "decided", points: points(\.decisionsPerSecond)),
                ]
            ),
            Chart(
                title: "Length of the line",
                xAxis: Self.time,
                yAxis: ChartAxis("people who wait"),
                series: [ChartSeries(name: "waiting", points: points { Double($0.waiting) }, style: .area)]
            ),
            Chart(
                title: "Answers of the API",
                xAxis: Self.time,
                yAxis: ChartAxis("answers per second"),
                series: [ChartSeries(name: "answers", points: points(\.answersPerSecond))]
            ),
        ].map { "<figure>\($0.svg())</figure>" }.joined(separator: "\n")
    }

    private var positions: String {
        let points = { (share: Double) in
            report.series.stretches.compactMap { stretch in
                stretch.waits.at(share).map { ChartSeries.Point(Double(stretch.position), Double($0) / 1_000_000) }
            }
        }
        let chart = Chart(
            title: "Waiting time by position",
            xAxis: ChartAxis("position at joining"),
            yAxis: ChartAxis("seconds from ticket to decision", kind: .elapsedSeconds),
            series: [
                ChartSeries(name: "half of them (p50)", points: points(0.5)),
                ChartSeries(name: "nine of ten (p90)", points: points(0.9)),
                ChartSeries(name: "99 of 100 (p99)", points: points(0.99)),
            ]
        )
        return "<figure>\(chart.svg())</figure>"
    }

    private static func row(_ name: String, _ cells: [String]) -> String {
        let cells = cells.map { "<td class=\"number\">\($0.htmlEscaped)</td>" }
        return "<tr><th scope=\"row\">\(name.htmlEscaped)</th>\(cells.joined())</tr>"
    }

    private static func table(_ titles: [String], _ rows: [String], class name: String = "figures-table") -> String {
        let head = titles.map { "<th scope=\"col\">\($0.htmlEscaped)</th>" }.joined()
        let body = rows.joined(separator: "\n")
        return """
            <div class="wide" tabindex="0" role="group" aria-label="\(titles[0].htmlEscaped)"><table class="\(name)">
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(body)
            </tbody></table></div>
            """
    }

    private static let style = """
        :root{color-scheme:light dark;--ink:#1d232b;--soft:#535c68;--page:#f6f7f9;--card:#fff;--line:#d9dde3;
        --good:#0b6b3a;--bad:#a3262a;--unsure:#7a5200}
        @media (prefers-color-scheme:dark){:root{--ink:#e8ebef;--soft:#a9b1bc;--page:#14171c;--card:#1c2128;--line:#353c47;
        --good:#4fd08a;--bad:#ff8a8a;--unsure:#f0c35a}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
        main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 3rem}
        h1{font-size:1.6rem;line-height:1.25;margin:.4rem 0}
        h2{font-size:1.1rem;margin:0 0 .6rem}
        .soft{color:var(--soft);margin:.2rem 0 1.2rem}
        .verdict{display:inline-block;margin:0;padding:.1rem .9rem;border:2px solid;border-radius:2rem;font-weight:700}
        .pass{color:var(--good)}.fail{color:var(--bad)}.incomplete,.not_judged{color:var(--unsure)}
        .mark{font-weight:600;white-space:nowrap}
        section,.figures{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.2rem;
        margin:0 0 1rem}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.8rem}
        .figures div{margin:0}dt{color:var(--soft);font-size:.85rem}
        dd{margin:0;font-size:1.1rem;font-weight:600;font-variant-numeric:tabular-nums}
        figure{margin:0 0 1rem}
        .two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:1.5rem}
        .wide{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:.92rem}
        th,td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;border-top:1px solid var(--line)}
        thead th{border-top:0;color:var(--soft);font-size:.8rem}
        tbody th{font-weight:500}
        .number,.figures-table thead th:not(:first-child){text-align:right;font-variant-numeric:tabular-nums}
        .share{width:40%}meter{width:100%}
        @media print{body{background:none}section,.figures{break-inside:avoid;border-color:#999}}
        """
}
