/// Who acts when: a binary heap with the earliest on top, each step in logarithmic time.
struct Agenda: Sendable {
    /// Somebody's next act.
    struct Entry: Sendable, Equatable {
        /// After the rehearsal's start, in microseconds.
        let at: Int64
        let person: Int
    }

    private var heap: [Entry] = []

    var count: Int { heap.count }
    /// The earliest.
    var first: Entry? { heap.first }

    mutating func insert(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the earliest out.
    mutating func popFirst() -> Entry? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var earliest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].precedes(heap[earliest]) { earliest = child }
            }
            if earliest == parent { return first }
            heap.swapAt(parent, earliest)
            parent = earliest
        }
    }
}

extension Agenda.Entry {
    /// By time; at the same time, whoever has the lower number.
    fileprivate func precedes(_ other: Agenda.Entry) -> Bool { (at, person) < (other.at, other.person) }
}
