import HTTPTypes
import NIOCore
import Synchronization

/// Gives every request a name: the client's own when it is a plain one, else a new one.
final class RequestIDs: Sendable {
    /// The most characters that a client's id may have.
    static let maximumLength = 64

    /// The id of a request: written out only where somebody reads it.
    enum ID {
        case given(String)
        case number(UInt64)
    }

    private let process = String(UInt64.random(in: .min ... .max), radix: 36)
    private let last = Atomic<UInt64>(0)

    /// The client's id if it has 1 to 64 characters of `A–Z a–z 0–9 . _ -`, else a new one.
    func id(for headers: HTTPFields) -> String {
        guard let given = headers[.requestID], Self.isPlain(given) else { return next() }
        return given
    }

    /// A new id: random for the process, counted within it.
    func next() -> String { text(of: .number(nextNumber())) }

    /// The client's id under the same conditions as above, else a new one.
    func id(given: String?) -> ID {
        guard let given, Self.isPlain(given) else { return .number(nextNumber()) }
        return .given(given)
    }

    /// The id as clients and operators read it.
    func text(of id: ID) -> String {
        switch id {
        case .given(let text): text
        case .number(let number): "\(process)-\(String(number, radix: 36))"
        }
    }

    /// Writes the id into an answer.
    func write(_ id: ID, to buffer: inout ByteBuffer) {
        switch id {
        case .given(let text): buffer.writeString(text)
        case .number(let number):
            buffer.writeString(process)
            buffer.writeInteger(UInt8(ascii: "-"))
            // Up to 15 letters and digits lie in the string's value itself: no memory is taken.
            buffer.writeString(String(number, radix: 36))
        }
    }

    private func nextNumber() -> UInt64 { last.wrappingAdd(1, ordering: .relaxed).newValue }

    private static func isPlain(_ text: String) -> Bool {
        (1...maximumLength).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}
