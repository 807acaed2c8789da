/// Why a value from outside is not accepted: which one, what is wrong with it, and what would be right.
public struct InvalidValue: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name under which the caller gave the value, such as `user_id`.
    public var field: String
    /// What is wrong with the value, as the end of a sentence that starts with the field.
    public var problem: String
    /// What the caller can do about it, as a sentence.
    public var remedy: String

    /// Describes a value that was refused.
    public init(field: String, problem: String, remedy: String) {
        self.field = field
        self.problem = problem
        self.remedy = remedy
    }

    /// One line for a log or a terminal.
    public var description: String { "\(field) \(problem). \(remedy)" }
}
