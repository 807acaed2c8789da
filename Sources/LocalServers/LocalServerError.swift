/// What went wrong with a local process, a local server or a data folder.
public struct LocalServerError: Error, Sendable, CustomStringConvertible {
    /// The kind of problem; more kinds may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's name, as it is printed.
        public let description: String

        /// A program that is not installed; the message names the Debian package.
        public static let missingExecutable = Code(description: "missing_executable")
        /// The operating system did not start the process.
        public static let cannotStart = Code(description: "cannot_start")
        /// The process started and was not ready, or did not end, before its deadline.
        public static let timedOut = Code(description: "timed_out")
        /// The process ended by itself while it was being started, or with a failure.
        public static let exited = Code(description: "exited")
        /// Another process holds the data folder.
        public static let alreadyRunning = Code(description: "already_running")
        /// A file or folder could not be read or written, or holds what it should not.
        public static let badFile = Code(description: "bad_file")
        /// An option that cannot work: too long a path, a name with forbidden characters.
        public static let badOption = Code(description: "bad_option")
    }

    /// The kind of problem.
    public let code: Code
    /// What happened, in words for a person, with what to do about it where that is known.
    public let message: String
    /// Where in the source it was noticed.
    public let file: String
    /// The line in `file`.
    public let line: Int

    /// An error of kind `code`.
    public init(_ code: Code, _ message: String, file: String = #fileID, line: Int = #line) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
    }

    /// The message alone: it is what a person sees.
    public var description: String { message }
}
