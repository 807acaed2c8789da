extension Chart {
    /// The style of every chart, to be part of the page's style sheet.
    ///
    /// The colours follow Okabe and Ito's palette ("Color universal design", 2008), darkened for light and lightened for
    /// dark pages until each has a contrast of 3 : 1 at least against the page, which is what WCAG 2.2 asks of graphics.
    public static let styleSheet = """
        .chart{display:block;width:100%;height:auto;font:12px system-ui,sans-serif;font-variant-numeric:tabular-nums;
        --c1:#0067a6;--c2:#c44e00;--c3:#00805c;--c4:#9e4784;--c5:#7a6400;--c6:#4d5561;--c7:#0f8ba8;--c8:#a3262a;
        --chart-ink:#1d232b;--chart-soft:#535c68;--chart-grid:#e2e5e9;--chart-axis:#8a929d}
        @media (prefers-color-scheme:dark){.chart{
        --c1:#5bb8f0;--c2:#ff9a4d;--c3:#3dcfa0;--c4:#e59ac8;--c5:#e8d44d;--c6:#b8bec8;--c7:#5fd4ea;--c8:#ff8a8a;
        --chart-ink:#e8ebef;--chart-soft:#a9b1bc;--chart-grid:#2b313a;--chart-axis:#6c7582}}
        .chart-title{font-size:14px;font-weight:600;fill:var(--chart-ink)}
        .chart-name{fill:var(--chart-ink)}
        .chart-tick,.chart-label{font-size:11px;fill:var(--chart-soft)}
        .chart-empty{font-size:13px;fill:var(--chart-soft)}
        .chart-grid{stroke:var(--chart-grid);fill:none}
        .chart-axis{stroke:var(--chart-axis);fill:none}
        .chart-line{fill:none;stroke:var(--c);stroke-width:1.8;stroke-linejoin:round}
        .chart-area{fill:var(--c);fill-opacity:.16}
        .chart-stack{fill:var(--c);fill-opacity:.5}
        .chart-dot{fill:var(--c)}
        .chart-1{--c:var(--c1)}.chart-2{--c:var(--c2)}.chart-3{--c:var(--c3)}.chart-4{--c:var(--c4)}
        .chart-5{--c:var(--c5)}.chart-6{--c:var(--c6)}.chart-7{--c:var(--c7)}.chart-8{--c:var(--c8)}
        .chart-line.chart-2{stroke-dasharray:7 3}.chart-line.chart-3{stroke-dasharray:2 3}
        .chart-line.chart-4{stroke-dasharray:9 3 2 3}.chart-line.chart-5{stroke-dasharray:4 4}
        .chart-line.chart-6{stroke-dasharray:12 4}.chart-line.chart-7{stroke-dasharray:1 2}
        .chart-line.chart-8{stroke-dasharray:6 2 2 2 2 2}

        """
}
