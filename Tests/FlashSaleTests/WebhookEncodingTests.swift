import Testing

@testable import FlashSale

@Suite("Base64 and hexadecimal")
struct WebhookEncodingTests {
    @Test(
        "The test vectors of RFC 4648, section 10",
        arguments: [
            ("", "", ""), ("f", "Zg==", "66"), ("fo", "Zm8=", "666f"), ("foo", "Zm9v", "666f6f"),
            ("foob", "Zm9vYg==", "666f6f62"), ("fooba", "Zm9vYmE=", "666f6f6261"),
            ("foobar", "Zm9vYmFy", "666f6f626172"),
        ]
    )
    func vectors(text: String, base64: String, hexadecimal: String) {
        let bytes = Array(text.utf8)
        #expect(Base64.encode(bytes) == base64)
        #expect(Base64.decode(base64) == bytes)
        #expect(Hexadecimal.encode(bytes) == hexadecimal)
        #expect(Hexadecimal.decode(hexadecimal) == bytes)
    }

    @Test("Bytes of every value and length come back")
    func roundTrip() {
        var generator = SystemRandomNumberGenerator()
        for length in 0...256 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Hexadecimal.decode(Hexadecimal.encode(bytes)) == bytes)
        }
        #expect(Base64.encode([0xFB, 0xEF, 0xFF]) == "++//")
    }

    @Test(
        "Anything but the one spelling is refused",
        arguments: [
            "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "====", "=Zg=", "Zg=g", "Zg==Zg==", "Zm9v ", " Zm9v", "Zm9v\n",
            "Zm-v", "Zm_v", "Zm9vA===", "Zméé",
        ]
    )
    func refusesBase64(text: String) { #expect(Base64.decode(text) == nil) }

    @Test(
        "Upper case, odd lengths and other characters are no hexadecimal of ours",
        arguments: ["6", "6F", "0x", "6 ", "gg"]
    )
    func refusesHexadecimal(text: String) { #expect(Hexadecimal.decode(text) == nil) }
}
