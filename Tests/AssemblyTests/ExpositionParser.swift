import Foundation
import Testing

/// A strict reader of Prometheus's text exposition format 0.0.4, to hold our own text against.
///
/// It refuses what a lenient scraper would let pass: samples outside their family, repeated series, unescaped labels,
/// buckets that fall, a `_count` that is not the last bucket.
struct ExpositionParser {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    struct Sample: Equatable {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    struct Family {
        let name: String
        let help: String
        let type: String
        var samples: [Sample] = []

        func value(_ labels: [String: String] = [:], name: String? = nil) -> Double? {
            samples.first { $0.name == name ?? self.name && $0.labels == labels }?.value
        }
    }

    private(set) var families: [String: Family] = [:]
    private var current: Family?
    private var help: (name: String, text: String)?

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Failure(description: "no line break at the end") }
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            do {
                try read(String(line))
            } catch {
                throw Failure(description: "\(error) in: \(line)")
            }
        }
        try close()
    }

    private mutating func read(_ line: String) throws {
        if let match = line.wholeMatch(of: #/# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)/#) {
            try close()
            guard String(match.2).wholeMatch(of: #/([^\\]|\\\\|\\n)*/#) != nil else {
                throw Failure(description: "unescaped help")
            }
            help = (String(match.1), String(match.2))
        } else if let match = line.wholeMatch(of: #/# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)/#) {
            guard let help, help.name == match.1 else { throw Failure(description: "TYPE without its HELP") }
            guard families[help.name] == nil else { throw Failure(description: "family twice") }
            current = Family(name: help.name, help: help.text, type: String(match.2))
            self.help = nil
        } else {
            try readSample(line)
        }
    }

    private mutating func readSample(_ line: String) throws {
        let shape = #/([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\+Inf|-Inf|NaN|-?[0-9][0-9.e+-]*)/#
        guard let match = line.wholeMatch(of: shape) else { throw Failure(description: "no sample") }
        let name = String(match.1)
        guard let family = current else { throw Failure(description: "sample outside a family") }
        let endings = family.type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard endings.contains(where: { family.name + $0 == name }) else {
            throw Failure(description: "foreign sample")
        }
        let number = match.3 == "+Inf" ? "inf" : match.3 == "-Inf" ? "-inf" : String(match.3)
        guard let value = Double(number) else { throw Failure(description: "no number") }
        let sample = Sample(name: name, labels: try labels(match.2.map(String.init) ?? ""), value: value)
        guard !family.samples.contains(where: { $0.name == name && $0.labels == sample.labels }) else {
            throw Failure(description: "series twice")
        }
        current?.samples.append(sample)
    }

    private func labels(_ text: String) throws -> [String: String] {
        var labels: [String: String] = [:]
        var rest = text[...]
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: #/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/#)
            else {
                throw Failure(description: "bad labels")
            }
            let value = match.2.replacing(#/\\(["\\n])/#) { $0.1 == "n" ? "\n" : String($0.1) }
            guard labels.updateValue(String(value), forKey: String(match.1)) == nil else {
                throw Failure(description: "label twice")
            }
            rest = rest[match.range.upperBound...]
        }
        return labels
    }

    /// Ends a family, and checks what must hold of it as a whole.
    private mutating func close() throws {
        guard let family = current else { return }
        guard !family.samples.isEmpty else { throw Failure(description: "\(family.name) is empty") }
        if family.type == "counter" {
            guard family.name.hasSuffix("_total"), family.samples.allSatisfy({ $0.value >= 0 }) else {
                throw Failure(description: "\(family.name) is no counter")
            }
        }
        if family.type == "histogram" { try check(histogram: family) }
        families[family.name] = family
        current = nil
    }

    private func check(histogram family: Family) throws {
        let series = Dictionary(grouping: family.samples) { $0.labels.filter { $0.key != "le" } }
        for (labels, samples) in series {
            let buckets = samples.filter { $0.name.hasSuffix("_bucket") }
            let bounds = buckets.map { $0.labels["le"].flatMap { Double($0 == "+Inf" ? "inf" : $0) } ?? .nan }
            let counts = buckets.map(\.value)
            guard bounds == bounds.sorted(), bounds.last == .infinity, counts == counts.sorted() else {
                throw Failure(description: "\(family.name) has bad buckets")
            }
            guard family.value(labels, name: family.name + "_count") == counts.last else {
                throw Failure(description: "\(family.name)_count is not the last bucket")
            }
            guard family.value(labels, name: family.name + "_sum") != nil else {
                throw Failure(description: "\(family.name)_sum is missing")
            }
        }
    }
}

@Suite("The strict parser of the tests")
struct ExpositionParserTests {
    @Test(
        "It refuses what is wrong",
        arguments: [
            "a 1\n", "# HELP a_total x\n# TYPE a_total counter\na_total 1",
            "# HELP a_total x\n# TYPE a_total counter\na_total 1\na_total 2\n",
            "# HELP a_total x\n# TYPE a_total counter\na_total{b=\"\"\"} 1\n",
            "# HELP a_total x\n# TYPE a_total counter\nb_total 1\n",
            "# HELP a x\n# TYPE a counter\na 1\n",
            "# HELP h x\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
            "# HELP h x\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n",
        ]
    )
    func refuses(text: String) {
        #expect(throws: ExpositionParser.Failure.self) { try ExpositionParser(text) }
    }
}
