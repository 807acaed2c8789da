import Foundation
import TestSupport
import Testing

extension Browser {
    /// Expects that the page is valid, and that people who see little, use a keyboard, or hold a small phone can use it: in
    /// light and in dark.
    ///
    /// - Parameter target: The least height of what is touched, in CSS pixels: 44 for everybody's thumbs, 24 (WCAG 2.2,
    ///   2.5.8) for an operator's tables.
    func expectAccessible(
        _ page: String,
        target: Int = 44,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let source = try await source()
        try keep(source, as: "\(page).html")
        let complaints = HTMLCheck.complaints(about: source)
        #expect(complaints.isEmpty, "\(page): \(complaints)", sourceLocation: sourceLocation)
        for size in [Size.smallPhone, .desktop] {
            try await resize(size)
            for dark in [false, true] {
                try await prefer(dark: dark)
                let found = try await run(Self.check(target: target))
                #expect(
                    found == "",
                    "\(page), \(size.width) pixels, \(dark ? "dark" : "light")",
                    sourceLocation: sourceLocation
                )
            }
        }
        // Once around, in light and in dark: each stop of the Tab key has to be seen.
        let stops = min(40, Int(try await run(Self.stops)) ?? 0)
        for dark in [true, false] {
            try await prefer(dark: dark)
            for stop in 0...stops {
                try await press("\u{E004}")
                let found = try await run(Self.focus)
                #expect(found == "", "\(page), stop \(stop)", sourceLocation: sourceLocation)
            }
        }
    }

    /// The page as the server sends it, before scripts.
    private func source() async throws -> String {
        try await run(
            """
            const request = new XMLHttpRequest()
            request.open('GET', location.href, false)
            request.setRequestHeader('Accept', 'text/html')
            request.send()
            return request.responseText
            """
        )
    }

    /// Labels, alternatives, headings, language, touch targets, width, and contrast after WCAG 2.2 (1.4.3: 4.5 to 1, 3 to 1 for
    /// large text; 1.4.11: 3 to 1 for the lines of charts), as far as it can be computed from styles.
    static func check(target: Int = 44) -> String {
        """
        \(colors)
        const complaints = []
        if (!document.documentElement.lang) complaints.push('no language')
        if (!document.title) complaints.push('no title')
        if (document.querySelectorAll('main').length !== 1) complaints.push('not one main')
        for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
          if (!e.labels.length) complaints.push('no label: ' + name(e))
        for (const e of document.querySelectorAll('button, a'))
          if (!e.textContent.trim()) complaints.push('no name: ' + name(e))
        for (const e of document.querySelectorAll('img:not([alt])')) complaints.push('no alt: ' + name(e))
        for (const e of document.querySelectorAll('progress, [role=progressbar], nav, [role=img]:not([aria-labelledby])'))
          if (!e.getAttribute('aria-label')) complaints.push('no name: ' + name(e))
        for (const e of document.querySelectorAll('th:not([scope])')) complaints.push('no scope: ' + name(e))
        for (const e of document.querySelectorAll('button, .button, input:not([type=hidden], [type=checkbox])'))
          if (e.getBoundingClientRect().height < \(target)) complaints.push('small: ' + name(e))
        const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((e) => +e.tagName[1])
        if (levels[0] !== 1 || levels.some((l, i) => i && l > levels[i - 1] + 1)) complaints.push('headings ' + levels)
        if (document.documentElement.scrollWidth > innerWidth) complaints.push('wider than the window')
        for (const e of document.querySelectorAll('body *')) {
          const hasText = e.tagName === 'INPUT' || [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())
          if (!hasText || e.closest('[aria-hidden], .hidden, .skip, progress, noscript') || !e.getClientRects().length) continue
          const style = getComputedStyle(e), size = parseFloat(style.fontSize)
          const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700)
          const found = ratio(rgb(e instanceof SVGElement ? style.fill : style.color), ground(e, complaints))
          if (found < (large ? 3 : 4.5)) complaints.push('contrast ' + found.toFixed(2) + ': ' + name(e))
        }
        for (const e of document.querySelectorAll('.chart-line, .chart-dot')) {
          const style = getComputedStyle(e), color = style.stroke === 'none' ? style.fill : style.stroke
          const found = ratio(rgb(color), ground(e, complaints))
          if (found < 3) complaints.push('line ' + found.toFixed(2) + ': ' + e.getAttribute('class'))
        }
        return complaints.join('; ')
        """
    }

    /// How often the Tab key stops on the page.
    private static let stops = """
        const all = document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, [tabindex="0"]')
        return [...all].filter((e) => e.getClientRects().length).length
        """

    /// Whether the element with the focus shows it, with a contrast of 3 to 1 (WCAG 2.2, 1.4.11).
    static let focus = """
        \(colors)
        const e = document.activeElement
        if (!e || e === document.body || e.tagName === 'HTML') return ''
        const style = getComputedStyle(e), what = e.outerHTML.slice(0, 80)
        if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return 'focus not seen: ' + what
        const found = ratio(rgb(style.outlineColor), ground(e.parentElement, []))
        return found < 3 ? 'focus ' + found.toFixed(2) + ': ' + what : ''
        """

    /// Colours as numbers, what is behind an element, and the contrast of two (WCAG 2.2, "relative luminance").
    private static let colors = """
        const name = (e) => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + ' "' + e.textContent.trim().slice(0, 30) + '"'
        const rgb = (text) => text.match(/[\\d.]+/g).map(Number)
        const light = ([r, g, b]) => {
          const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
          return 0.2126 * x + 0.7152 * y + 0.0722 * z
        }
        const ground = (e, complaints) => {
          for (; e; e = e.parentElement) {
            const color = rgb(getComputedStyle(e).backgroundColor)
            if (color.length === 3 || color[3] === 1) return color
            if (color[3] > 0) complaints.push('half a ground: ' + name(e))
          }
          return [255, 255, 255]
        }
        const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05) }
        """
}
