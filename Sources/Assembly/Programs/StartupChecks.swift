/// What was found out about the stores at the start.
struct StartupFindings: Equatable {
    /// What keeps the program from starting.
    var problems: [StoreSettingProblem] = []
    /// What could not be found out, in sentences.
    var notices: [String] = []

    static func + (left: StartupFindings, right: StartupFindings) -> StartupFindings {
        StartupFindings(problems: left.problems + right.problems, notices: left.notices + right.notices)
    }
}

/// A setting of a store under which something that was answered could be lost.
struct StoreSettingProblem: Equatable, CustomStringConvertible {
    /// A file of ours that has the right setting.
    enum File: String {
        case redis = "config/redis.conf"
        case mariadb = "config/mariadb.cnf"
    }

    /// The store, the setting and what it is: `Redis: appendonly is 'no'`.
    var finding: String
    /// What goes wrong with it.
    var consequence: String
    /// What to do about it.
    var remedy: String

    /// A setting with a wrong value; the remedy is the line of a file.
    init(_ file: File, _ setting: String, is value: String, mustBe right: String, _ consequence: String) {
        let (store, line) =
            switch file {
            case .redis: ("Redis", "\(setting) \(right)")
            case .mariadb: ("MariaDB", "\(setting) = \(right)")
            }
        finding = "\(store): \(setting) is '\(value)', not '\(right)'"
        self.consequence = consequence
        remedy = "Set the line of \(file.rawValue): \(line)"
    }

    /// Something that no line of a file mends.
    init(_ finding: String, _ consequence: String, remedy: String) {
        self.finding = finding
        self.consequence = consequence
        self.remedy = remedy
    }

    var description: String { "\(finding): \(consequence)\n      \(remedy)" }
}

extension StartFailure {
    /// Stores that are not fit for a sale: all problems at once.
    init(_ problems: [StoreSettingProblem]) {
        let list = problems.map { "\n  - \($0)" }.joined()
        self.init(
            description: "the stores are not set up for production, and profile is production:\(list)",
            exitCode: ProgramRun.ExitCode.failure
        )
    }
}

/// A version as stores write it: `7.0.15`, `10.11.6-MariaDB-0+deb12u1`.
struct StoreVersion: Comparable, CustomStringConvertible {
    let major: Int
    let minor: Int

    /// The first two numbers of a text; nil when it does not start with them.
    init?(_ text: String) {
        guard let match = text.prefixMatch(of: #/(\d{1,4})\.(\d{1,4})/#), let major = Int(match.1),
            let minor = Int(match.2)
        else { return nil }
        self.init(major, minor)
    }

    init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    var description: String { "\(major).\(minor)" }

    static func < (left: StoreVersion, right: StoreVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
