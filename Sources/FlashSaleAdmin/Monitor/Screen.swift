/// How one page follows another: in its place on a terminal, below it elsewhere.
struct Screen {
    let isRedrawn: Bool

    /// The text with what brings it onto the screen, by ECMA-48.
    func page(_ text: String) -> String {
        guard isRedrawn else { return text + "\n" }
        // Home, each line to its end, then what is left of the page before: a screen that is cleared first flickers.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return "\u{1B}[H" + lines.map { "\($0)\u{1B}[K" }.joined(separator: "\n") + "\u{1B}[J"
    }
}
