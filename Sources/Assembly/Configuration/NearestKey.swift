/// The name a user most likely meant.
enum NearestKey {
    /// The candidate closest to `name`; nil when none is close.
    static func suggestion(for name: String, among candidates: some Sequence<String>) -> String? {
        let limit = max(2, name.count / 3)
        return
            candidates.map { (candidate: $0, distance: distance(name, $0)) }
            .filter { $0.distance <= limit }
            .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?.candidate
    }

    /// A sentence with that name, to follow "is unknown."; empty when there is none.
    static func hint(for name: String, among candidates: some Sequence<String>) -> String {
        suggestion(for: name, among: candidates).map { " Did you mean \($0)?" } ?? ""
    }

    /// How many characters have to be inserted, removed or replaced (Levenshtein).
    ///
    /// Of long names only the beginnings are compared.
    static func distance(_ first: String, _ second: String) -> Int {
        let first = Array(first.prefix(100))
        let second = Array(second.prefix(100))
        var row = Array(0...second.count)
        for (index, character) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in second.indices {
                let replaced = diagonal + (character == second[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[second.count]
    }
}
