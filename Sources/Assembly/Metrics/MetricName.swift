/// Names and labels as Prometheus wants them.
///
/// swift-metrics takes any text, and libraries use dots; Prometheus takes `[a-zA-Z_:][a-zA-Z0-9_:]*`, for labels
/// without the colon (text exposition format 0.0.4).
enum MetricName {
    /// `text` with `_` in place of every character that cannot be in a metric's name.
    static func metric(_ text: String) -> String {
        valid(text, allowingColon: true)
    }

    /// `text` with `_` in place of every character that cannot be in a label's name.
    ///
    /// `le` belongs to histograms and names beginning with `__` to Prometheus itself: they get a prefix.
    static func label(_ text: String) -> String {
        let name = valid(text, allowingColon: false)
        return name == "le" || name.hasPrefix("__") ? "exported_\(name)" : name
    }

    /// The metric's name with this ending, once.
    static func metric(_ text: String, ending: String) -> String {
        let name = metric(text)
        return name.hasSuffix(ending) ? name : name + ending
    }

    private static func valid(_ text: String, allowingColon: Bool) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": name.unicodeScalars.append(scalar)
            case ":" where allowingColon: name.append(":")
            case "0"..."9":
                if name.isEmpty { name = "_" }
                name.unicodeScalars.append(scalar)
            default: name.append("_")
            }
        }
        return name.isEmpty ? "_" : name
    }
}

/// The labels of a series, written once when it is made.
struct MetricLabels: Hashable {
    /// `name="value",…`, sorted by name; empty without labels.
    let text: String

    /// A label that is named twice keeps its last value.
    init(_ dimensions: [(String, String)]) {
        var values: [String: String] = [:]
        for (name, value) in dimensions { values[MetricName.label(name)] = value }
        text = values.sorted { $0.key < $1.key }.map { #"\#($0.key)="\#(Self.escaped($0.value))""# }.joined(
            separator: ","
        )
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += #"\\"#
            case "\"": text += #"\""#
            case "\n": text += #"\n"#
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
