/// The programs that read the configuration.
public enum Program: String, Sendable, CaseIterable {
    /// The HTTP server.
    case api = "flashsale-api"
    /// The server of the lines.
    case worker = "flashsale-worker"
    /// The operator's command.
    case command = "flashsale"
}
