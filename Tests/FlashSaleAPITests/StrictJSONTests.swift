import Testing

@testable import FlashSaleAPI

@Suite("Strict JSON")
struct StrictJSONTests {
    private func members(_ text: String) throws -> [StrictJSON.Member] {
        try StrictJSON.members(of: Array(text.utf8))
    }

    private func failure(_ text: String) -> StrictJSON.Failure? {
        do throws(StrictJSON.Failure) {
            _ = try StrictJSON.members(of: Array(text.utf8))
            return nil
        } catch { return error }
    }

    @Test("Members keep their order")
    func order() throws {
        let found = try members(#" { "b" : 1 , "a" : "x" , "" : null } "#)
        #expect(found.map(\.name) == ["b", "a", ""])
        #expect(found.map(\.value) == [.integer(1), .string("x"), .null])
        #expect(try members("{}").isEmpty)
    }

    @Test(
        "A value is what it is spelt as",
        arguments: [
            ("0", StrictJSON.Value.integer(0)), ("-0", .integer(0)), ("-12", .integer(-12)),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .hugeInteger), ("-9223372036854775809", .hugeInteger),
            ("1.0", .fraction), ("1e0", .fraction), ("1E+2", .fraction), ("-0.5e-3", .fraction),
            ("true", .boolean(true)), ("false", .boolean(false)), ("null", .null),
            ("[]", .array), ("[1,[\"]\",{}],null]", .array), ("{}", .object), ("{\"a\":{\"a\":1},\"a\":2}", .object),
            (#""""#, .string("")), (#""\u0061\/\"\\\b\f\n\r\t""#, .string("a/\"\\\u{8}\u{C}\n\r\t")),
            (#""\u20AC é""#, .string("€ é")), (#""\ud83d\ude00""#, .string("😀")), (#""\u0000""#, .string("\0")),
            (#""\udbff\udfff""#, .string("\u{10FFFF}")), (#""\ud800\udc00""#, .string("\u{10000}")),
        ]
    )
    func values(text: String, value: StrictJSON.Value) throws {
        #expect(try members("{\"x\":\(text)}").map(\.value) == [value])
    }

    @Test(
        "The message says what is wrong and where",
        arguments: [
            ("", "The body is empty (at byte 0)."),
            ("[]", "The body is not a JSON object (at byte 0)."),
            ("{} {}", "Something follows the JSON object (at byte 3)."),
            (#"{"a":1,"a":2}"#, "The field 'a' appears twice (at byte 7)."),
            (#"{"a":1,"\u0061":2}"#, "The field 'a' appears twice (at byte 7)."),
            (#"{"a" 1}"#, "A ':' is missing (at byte 5)."),
            (#"{"a":1 "b":2}"#, "A ',' or '}' is missing (at byte 7)."),
            (#"{"a":[1 2]}"#, "A ',' or ']' is missing (at byte 8)."),
            (#"{"a":"\ud800"}"#, "A string has half of a surrogate pair (at byte 12)."),
            (#"{"a":1.}"#, "A digit is missing (at byte 7)."),
        ]
    )
    func messages(text: String, message: String) {
        #expect(failure(text)?.description == message)
    }

    @Test("Equal names in another normal form are two names")
    func normalForms() throws {
        #expect(try members("{\"\u{E9}\":1,\"e\u{301}\":2}").count == 2)
    }

    @Test("Nesting is bounded, at the depth that is documented")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            let inner = depth - 1
            return "{\"x\":\(String(repeating: "[", count: inner))\(String(repeating: "]", count: inner))}"
        }
        #expect(try members(nested(StrictJSON.maximumDepth)).count == 1)
        #expect(failure(nested(StrictJSON.maximumDepth + 1))?.problem == "The body nests deeper than 16")
    }

    @Test("The number of fields is bounded")
    func fieldCount() throws {
        func object(_ count: Int) -> String { "{" + (0..<count).map { "\"\($0)\":0" }.joined(separator: ",") + "}" }
        #expect(try members(object(StrictJSON.maximumMembers)).count == StrictJSON.maximumMembers)
        #expect(failure(object(StrictJSON.maximumMembers + 1))?.problem == "The body has more than 32 fields")
    }

    @Test("A long name that appears twice does not make a long answer")
    func excerpt() throws {
        let name = String(repeating: "n", count: 5_000)
        let message = try #require(failure("{\"\(name)\":1,\"\(name)\":2}")?.description)
        #expect(message.utf8.count < 200)
    }
}
