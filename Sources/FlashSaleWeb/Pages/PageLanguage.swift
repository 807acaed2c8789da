/// A language that the pages are written in.
public enum PageLanguage: String, Sendable, CaseIterable {
    /// English, which is also for everybody who asks for neither.
    case english = "en"
    /// German.
    case german = "de"

    /// The best language for a browser's wishes.
    ///
    /// - Parameter acceptLanguage: The header field, such as `de-CH, en;q=0.8` (RFC 9110, section 12.5.4); what can't be
    ///   read is passed over.
    public init(acceptLanguage: String?) {
        let wishes = (acceptLanguage ?? "").prefix(256).split(separator: ",").compactMap(Self.wish)
        // The first of equals wins, as browsers mean it.
        self =
            wishes.reduce(nil as Wish?) { best, wish in best.map { $0.weight >= wish.weight } == true ? best : wish }?
            .language ?? .english
    }

    private typealias Wish = (language: PageLanguage, weight: Double)

    private static func wish(_ text: Substring) -> Wish? {
        let parts = text.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
        guard let tag = parts.first,
            let language = allCases.first(where: { tag == $0.rawValue || tag.hasPrefix("\($0.rawValue)-") })
        else { return nil }
        let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
        return weight > 0 && weight <= 1 ? (language, weight) : nil
    }
}
