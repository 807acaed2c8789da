import Foundation
import NIOCore
import Testing

@testable import FlashSaleAPI

@Suite("JSON writer")
struct JSONWriterTests {
    private func text(_ members: (inout JSONWriter) -> Void) -> String {
        String(buffer: JSONWriter.object(capacity: 0, members))
    }

    @Test("Commas stand between members and elements only")
    func commas() {
        let written = text { json in
            json.member("a", 1)
            json.key("b")
            json.array { json in
                json.value("x")
                json.object { _ in }
                json.array { _ in }
                json.null()
                json.value(true)
            }
            json.key("c")
            json.object { $0.member("d", -9_223_372_036_854_775_808) }
            json.member("e", false)
        }
        #expect(written == #"{"a":1,"b":["x",{},[],null,true],"c":{"d":-9223372036854775808},"e":false}"#)
        #expect(text { _ in } == "{}")
    }

    @Test("What JSON can't hold as it is gets an escape")
    func escapes() {
        let written = text {
            $0.key(text: "a\"")
            $0.value("\\ \" \n \r \t \u{0} \u{1F} \u{7F} é 😀 / \u{2028}")
        }
        #expect(written == "{\"a\\\"\":\"\\\\ \\\" \\n \\r \\t \\u0000 \\u001f \u{7F} é 😀 / \u{2028}\"}")
    }

    @Test("Both our reader and Foundation's get back each character that was written")
    func roundTrip() throws {
        let scalars = (0..<0x300).compactMap(Unicode.Scalar.init) + ["\u{FFFD}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"]
        for scalar in scalars {
            let original = "a\(scalar)b"
            let bytes = JSONWriter.object { $0.member("x", original) }
            let ours = try StrictJSON.members(of: Array(bytes.readableBytesView))
            #expect(ours == [StrictJSON.Member(name: "x", value: .string(original))])
            let theirs = try JSONSerialization.jsonObject(with: Data(bytes.readableBytesView)) as? [String: String]
            #expect(theirs.map { Array(($0["x"] ?? "").utf8) } == Array(original.utf8))
        }
    }

    @Test("A value written as literals keeps its order")
    func values() {
        let value: JSONValue = [
            "z": 1, "a": ["x", true, ["n": -2]], "m": .object(compacting: ["gone": nil, "here": "y"]),
        ]
        #expect(String(buffer: value.serialized()) == #"{"z":1,"a":["x",true,{"n":-2}],"m":{"here":"y"}}"#)
    }
}
