/// How this program was called, so that the commands it proposes can be copied.
enum CommandName {
    /// `flashsale`, or the path it was called by.
    static let flashsale: String = {
        guard let name = CommandLine.arguments.first, name.contains("/") else { return "flashsale" }
        return ShellWord(name).description
    }()
}
