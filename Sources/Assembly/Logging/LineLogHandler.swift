public import Logging

/// A swift-log backend that writes one line per event.
public struct LineLogHandler: LogHandler {
    /// The events that are written: this level and those above it.
    public var logLevel: Logger.Level
    /// What every line of this logger says.
    public var metadata: Logger.Metadata = [:]
    /// What every line says of the moment's task: request ids, for example.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogLineFormat
    private let output: LogOutput

    /// A handler for the logger called `label`.
    public init(
        label: String,
        level: Logger.Level,
        format: LogLineFormat,
        output: LogOutput = .standardError,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.label = label
        logLevel = level
        self.format = format
        self.output = output
        self.metadataProvider = metadataProvider
    }

    /// One entry of ``metadata``.
    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes the event.
    ///
    /// What it says itself wins over the task's metadata, and that over the logger's.
    public func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let own = event.metadata { merged.merge(own) { $1 } }
        output.write(format.line(for: event, logger: label, metadata: merged, at: .now()))
    }
}
