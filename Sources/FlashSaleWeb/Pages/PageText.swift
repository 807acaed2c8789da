import FlashSale
import Foundation

/// Everything that the pages say in one language, and how it writes numbers.
struct PageText: Sendable {
    let language: PageLanguage
    /// Sentences by key; `{name}` stands for a value.
    let sentences: [String: String]

    /// The texts of a language.
    static func of(_ language: PageLanguage) -> PageText {
        switch language {
        case .english: english
        case .german: german
        }
    }

    private static let english = PageText(.english, PackageResources.en_json)
    private static let german = PageText(.german, PackageResources.de_json)

    private init(_ language: PageLanguage, _ resource: [UInt8]) {
        self.language = language
        do { sentences = try JSONDecoder().decode([String: String].self, from: Data(resource)) } catch {
            preconditionFailure("Text/\(language.rawValue).json is not an object of texts: \(error)")
        }
    }

    /// A sentence; a key that is not there shows itself, which a test finds.
    subscript(_ key: String) -> String { sentences[key] ?? key }

    /// A sentence with its values put in.
    func filled(_ key: String, _ values: KeyValuePairs<String, String>) -> String {
        // In one pass: a value with braces in it, such as a product's name, stays as it is.
        self[key].replacing(/\{(\w+)\}/) { match in
            values.first { $0.key == match.1 }?.value ?? String(match.0)
        }
    }

    /// A whole number with its thousands apart.
    func number(_ value: Int64) -> String {
        var digits = Substring(String(value.magnitude))
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: language == .german ? "." : ",")
    }

    /// An amount in a currency's minor units, as people of the language write it: `1,299.00 USD`.
    func money(_ minorUnits: Int64, _ currency: Currency) -> String {
        let scale = (0..<currency.decimals).reduce(Int64(1)) { scale, _ in scale * 10 }
        var text = number(minorUnits / scale)
        if currency.decimals > 0 {
            let decimals = String(minorUnits % scale)
            text += language == .german ? "," : "."
            text += String(repeating: "0", count: currency.decimals - decimals.count) + decimals
        }
        return "\(text)\u{A0}\(currency.code)"
    }

    /// A time of waiting in its largest unit, rounded up: `5 minutes`.
    func duration(seconds: Int64) -> String {
        let (unit, size) = Self.unit(for: seconds)
        let count = max(1, (seconds + size - 1) / size)
        return filled("\(unit)_\(count == 1 ? "one" : "many")", ["n": number(count)])
    }

    /// From this many seconds to that many, in the unit of the longer: `2–5 minutes`.
    func range(seconds low: Int64, _ high: Int64) -> String {
        let (unit, size) = Self.unit(for: high)
        // Nobody counts seconds: tens will do.
        let step: Int64 = size == 1 ? 10 : 1
        let up = { (seconds: Int64) in max(1, (seconds + size * step - 1) / (size * step)) * step }
        let (first, last) = (up(low), up(high))
        guard first < last else { return filled("\(unit)_\(last == 1 ? "one" : "many")", ["n": number(last)]) }
        return filled("\(unit)_many", ["n": "\(number(first))–\(number(last))"])
    }

    private static func unit(for seconds: Int64) -> (name: String, size: Int64) {
        switch seconds {
        case ..<90: ("second", 1)
        case ..<5_400: ("minute", 60)
        default: ("hour", 3_600)
        }
    }
}

extension Timestamp {
    /// As it is read without scripts, which know the reader's own time: `2026-12-01 10:00 UTC`.
    var minuteText: String {
        let text = description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }

    /// The minutes and seconds until then, `1:05`; `0:00` when it is over.
    func countdown(from now: Timestamp) -> String {
        let seconds = max(0, (milliseconds - now.milliseconds + 999) / 1_000)
        let padded = { (value: Int64) in value < 10 ? "0\(value)" : "\(value)" }
        let minutes = seconds / 60
        return (minutes >= 60 ? "\(minutes / 60):\(padded(minutes % 60))" : "\(minutes)") + ":\(padded(seconds % 60))"
    }
}
