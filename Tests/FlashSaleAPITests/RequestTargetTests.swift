import Testing

@testable import FlashSaleAPI

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test(
        "Escapes are decoded exactly once",
        arguments: [
            ("alice", "alice"), ("a%40b.c", "a@b.c"), ("a+b", "a+b"), ("%2541", "%41"), ("%e2%82%AC", "€"),
            ("%00", "\0"),
            ("", ""),
        ]
    )
    func decodes(text: Substring, decoded: String) {
        #expect(PercentEncoding.decode(text) == decoded)
    }

    @Test(
        "What is cut short or no UTF-8 is refused",
        arguments: ["%", "a%4", "%zz", "%4g", "%ff", "%C0%AF", "%-1", "%+1"]
    )
    func refuses(text: Substring) {
        #expect(PercentEncoding.decode(text) == nil)
    }
}
