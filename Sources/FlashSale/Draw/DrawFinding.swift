/// One thing that is wrong with a draw, or cannot be told yet.
public struct DrawFinding: Hashable, Sendable {
    /// What kind of thing it is; each has an exit code of its own.
    public let kind: Kind
    /// What is wrong, in a sentence that names the place.
    public let text: String

    /// Something that was found.
    public init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// Kinds of findings in the order of their weight; the raw value is the exit code of the verifiers.
    public enum Kind: Int32, Sendable, CaseIterable, Comparable {
        /// The document, the roster or the decisions cannot be read.
        case unreadable = 10
        /// The seed is not the one that was committed to.
        case seed = 11
        /// The beacon's value does not follow its rule, or its round is not out after entering has ended.
        case beacon = 12
        /// The roster is damaged: it does not add up to the root on its own last line.
        case roster = 13
        /// A user has two entries, or the entries are not in order.
        case repeated = 14
        /// Entries came into the roster after its root was published.
        case slippedIn = 15
        /// Entrants are missing from the roster.
        case leftOut = 16
        /// The published root is not the roster's.
        case root = 17
        /// The number of entrants is not the roster's.
        case entrants = 18
        /// A ticket was decided for somebody who was not drawn for it.
        case order = 19
        /// Two decisions have changed places.
        case swapped = 20
        /// An entrant who was drawn was passed over.
        case passedOver = 21
        /// The signature is missing, wrong, or of another key than the expected one.
        case signature = 22
        /// The draw was not made yet, so there is nothing to compare decisions with.
        case notDrawn = 23

        /// The weightier one first.
        public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }
}
