/// That a change is committed, but the line has not heard of it.
enum LineWarning {
    /// Says so on standard error, if there is a problem.
    static func print(_ problem: String?) {
        guard let problem else { return }
        Console.standardError.write(
            """
            Warning: the change is committed in MariaDB, but Redis could not be told: \(problem)
            The worker that serves the product will tell the line.
            """
        )
    }
}
