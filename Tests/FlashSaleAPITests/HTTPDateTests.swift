import Testing

@testable import FlashSaleAPI

@Suite("HTTP dates")
struct HTTPDateTests {
    @Test(
        "A time is written as RFC 9110 says, two digits each",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (1_788_944_949, "Wed, 09 Sep 2026 09:09:09 GMT"),
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (1_709_164_799, "Wed, 28 Feb 2024 23:59:59 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
            (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
        ]
    )
    func text(second: Int, expected: String) {
        #expect(HTTPDate.text(of: second) == expected)
    }

    @Test("The present time is that of now")
    func now() {
        let before = HTTPDate.text(of: HTTPDate.now())
        let text = HTTPDate().text()
        #expect(text == before || text == HTTPDate.text(of: HTTPDate.now()))
    }
}
