import FlashSale
import Foundation
import Testing

@testable import FlashSaleWeb

@Suite("Texts of the pages")
struct PageTextTests {
    private static let english = PageText.of(.english)
    private static let german = PageText.of(.german)

    @Test("Every language has the same sentences, none empty, with the same values in them")
    func sameKeys() {
        #expect(Set(Self.english.sentences.keys) == Set(Self.german.sentences.keys))
        for (key, sentence) in Self.english.sentences {
            let other = Self.german[key]
            #expect(!sentence.isEmpty && !other.isEmpty, "\(key)")
            #expect(
                Set(sentence.matches(of: /\{\w+\}/).map { $0.output })
                    == Set(other.matches(of: /\{\w+\}/).map { $0.output }),
                "\(key)"
            )
        }
    }

    @Test("Every sentence that a template names is there")
    func namedKeys() {
        let templates = [
            PackageResources.layout_mustache, PackageResources.products_mustache, PackageResources.product_mustache,
            PackageResources.place_mustache, PackageResources.problem_mustache,
        ]
        for template in templates {
            for match in String(decoding: template, as: UTF8.self).matches(of: /\{\{t\.(\w+)\}\}/) {
                #expect(Self.english.sentences[String(match.1)] != nil, "\(match.1)")
            }
        }
    }

    @Test(
        "The browser's first wish that we can fulfil counts, by weight",
        arguments: [
            (nil, PageLanguage.english), ("", .english), ("de", .german), ("de-CH, en;q=0.8", .german),
            ("fr, de;q=0.5, en;q=0.4", .german), ("en;q=0.5, de;q=0.9", .german), ("en, de", .english),
            ("de;q=0, en", .english), ("de;q=x", .english), ("den", .english), (";;,,", .english), ("DE-at", .german),
        ]
    )
    func languages(header: String?, language: PageLanguage) {
        #expect(PageLanguage(acceptLanguage: header) == language)
    }

    @Test("Numbers, amounts and times look as people of the language write them")
    func words() throws {
        #expect(Self.english.number(1_234_567) == "1,234,567")
        #expect(Self.german.number(1_234) == "1.234")
        #expect(Self.english.number(12) == "12")
        #expect(Self.english.money(129_905, try #require(Currency("USD"))) == "1,299.05\u{A0}USD")
        #expect(Self.german.money(129_900, try #require(Currency("EUR"))) == "1.299,00\u{A0}EUR")
        #expect(Self.english.money(1_500, try #require(Currency("JPY"))) == "1,500\u{A0}JPY")
        #expect(Self.english.range(seconds: 4, 12) == "10–20 seconds")
        #expect(Self.english.range(seconds: 1, 2) == "10 seconds")
        #expect(Self.english.range(seconds: 100, 290) == "2–5 minutes")
        #expect(Self.german.range(seconds: 7_000, 7_200) == "2 Stunden")
        #expect(Self.english.duration(seconds: 120) == "2 minutes")
        #expect(Self.english.duration(seconds: 1) == "1 second")
        #expect(Self.german.duration(seconds: 0) == "1 Sekunde")
    }

    @Test("A value with braces in it stays as it is")
    func braces() {
        let text = Self.english.filled(
            "queued_ticket",
            ["ticket": "{product}", "quantity": "2", "product": "{ticket}"]
        )
        #expect(text == "Ticket {product} · 2 × {ticket}")
    }
}
