import ArgumentParser
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Hummingbird with one route that answers the same bytes to everyone: what the framework alone can do.
struct BareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bare",
        abstract: "Serves one JSON text at /static, until SIGTERM."
    )

    @Option(help: "The TCP port on 127.0.0.1.") var port: Int
    @Option(help: "The text.") var body: String

    func run() async throws {
        let body = ByteBuffer(string: body)
        let router = Router()
        router.get("static") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json", .cacheControl: "public, max-age=1"],
                body: ResponseBody(byteBuffer: body)
            )
        }
        var logger = Logger(label: "bare")
        logger.logLevel = .error
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), backlog: 4_096),
            logger: logger
        )
        try await application.runService()
    }
}
