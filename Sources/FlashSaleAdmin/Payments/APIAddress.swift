import FlashSale
import Foundation

/// Where the API answers: `http://127.0.0.1:8080`, without a slash at its end.
struct APIAddress: Equatable, CustomStringConvertible {
    /// The address as a URL, to which paths are added.
    let description: String

    /// An address as somebody typed it.
    ///
    /// - Throws: `InvalidValue` that names `url`.
    init(_ text: String) throws(InvalidValue) {
        guard let url = URLComponents(string: text), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false,
            url.user == nil, url.password == nil, url.query == nil, url.fragment == nil
        else {
            throw InvalidValue(
                field: "url",
                problem: "'\(text)' is not an address of the API",
                remedy: "Write it as in http://127.0.0.1:8080"
            )
        }
        description = String(text.reversed().drop { $0 == "/" }.reversed())
    }
}
