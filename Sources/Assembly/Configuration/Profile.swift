/// What the stores' settings have to be like.
public enum Profile: String, Sendable, CaseIterable {
    /// Anything goes: for trying out and for tests.
    case development
    /// What was answered survives a power cut; a program that finds otherwise does not start.
    case production
}
