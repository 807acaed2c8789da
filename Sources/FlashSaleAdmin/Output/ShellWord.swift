/// A text as one word of a shell's command line, for commands that a person copies.
struct ShellWord: CustomStringConvertible {
    /// The text, in single quotes where it needs them.
    let description: String

    init(_ text: String) {
        let isPlain = text.wholeMatch(of: #/[A-Za-z0-9_@%+=:,.\/-]+/#) != nil
        description = isPlain ? text : "'" + text.replacing("'", with: #"'\''"#) + "'"
    }
}
