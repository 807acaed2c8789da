import Foundation
import Testing

extension Browser {
    /// Expects that people who see little, or use a keyboard, can use the page: in light and in dark.
    func expectAccessible(_ page: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for dark in [false, true] {
            try await prefer(dark: dark)
            let found = try await run(Self.check)
            #expect(found == "", "\(page), \(dark ? "dark" : "light")", sourceLocation: sourceLocation)
        }
        try await prefer(dark: false)
        // Once around: each stop of the Tab key has to be seen.
        for stop in 1...8 {
            try await press("\u{E004}")
            let found = try await run(Self.focus)
            #expect(found == "", "\(page), stop \(stop)", sourceLocation: sourceLocation)
        }
    }

    /// Labels, alternatives, headings, language, touch targets, and contrast after WCAG 2.2 (1.4.3: 4.5 to 1, 3 to 1 for large
    /// text), as far as it can be computed from styles.
    static let check = """
        const complaints = []
        const name = (e) => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + ' "' + e.textContent.trim().slice(0, 30) + '"'
        if (!document.documentElement.lang) complaints.push('no language')
        if (!document.title) complaints.push('no title')
        if (document.querySelectorAll('main').length !== 1) complaints.push('not one main')
        for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
          if (!e.labels.length) complaints.push('no label: ' + name(e))
        for (const e of document.querySelectorAll('button, a'))
          if (!e.textContent.trim()) complaints.push('no name: ' + name(e))
        for (const e of document.querySelectorAll('img:not([alt])')) complaints.push('no alt: ' + name(e))
        for (const e of document.querySelectorAll('progress, [role=progressbar]'))
          if (!e.getAttribute('aria-label')) complaints.push('no name: ' + name(e))
        for (const e of document.querySelectorAll('button, .button, input:not([type=hidden])'))
          if (e.getBoundingClientRect().height < 44) complaints.push('small: ' + name(e))
        const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((e) => +e.tagName[1])
        if (levels[0] !== 1 || levels.some((l, i) => i && l > levels[i - 1] + 1)) complaints.push('headings ' + levels)
        if (document.documentElement.scrollWidth > innerWidth) complaints.push('wider than the window')
        const rgb = (text) => text.match(/[\\d.]+/g).map(Number)
        const light = ([r, g, b]) => {
          const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
          return 0.2126 * x + 0.7152 * y + 0.0722 * z
        }
        const ground = (e) => {
          for (; e; e = e.parentElement) {
            const color = rgb(getComputedStyle(e).backgroundColor)
            if (color.length === 3 || color[3] === 1) return color
            if (color[3] > 0) complaints.push('half a ground: ' + name(e))
          }
          return [255, 255, 255]
        }
        const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05) }
        for (const e of document.querySelectorAll('body *')) {
          const hasText = e.tagName === 'INPUT' || [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())
          if (!hasText || e.closest('[aria-hidden], .hidden, .skip, progress, noscript') || !e.getClientRects().length) continue
          const style = getComputedStyle(e), size = parseFloat(style.fontSize)
          const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700)
          const found = ratio(rgb(style.color), ground(e))
          if (found < (large ? 3 : 4.5)) complaints.push('contrast ' + found.toFixed(2) + ': ' + name(e))
        }
        return complaints.join('; ')
        """

    /// Whether the element with the focus shows it.
    static let focus = """
        const e = document.activeElement
        if (!e || e === document.body || e.tagName === 'HTML') return ''
        const style = getComputedStyle(e)
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 ? '' : 'focus not seen: ' + e.outerHTML.slice(0, 80)
        """
}
