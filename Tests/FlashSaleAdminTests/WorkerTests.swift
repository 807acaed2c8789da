import ArgumentParser
import Assembly
import FlashSale
import LocalServers
import Testing

@testable import FlashSaleAdmin

@Suite("A worker for one run")
struct WorkerTests {
    @Test("Without options it runs until Ctrl-C; a time has its unit")
    func plan() throws {
        let plain = try parse(WorkerCommand.self, "worker").plan()
        #expect(!plain.stopsWhenEmpty && plain.maximumTime == nil)
        let typed = try parse(WorkerCommand.self, "worker", "--stop-when-empty", "--max-time", "10m").plan()
        #expect(typed.stopsWhenEmpty && typed.maximumTime == .seconds(600))
    }

    @Test("Times are whole numbers with a unit, within their range, and are shown as they are typed")
    func times() throws {
        let range = Duration.seconds(1)...Duration.seconds(86_400)
        for text in ["1s", "1500ms", "10m", "24h"] {
            let time = try Duration(field: "max-time", text: text, in: range, example: "10m")
            #expect(time.words == text)
        }
        for text in ["", "s", "1", "0s", "999ms", "25h", "-1s", "+1s", "1.5s", "1 s", "1d", "9999999999h", "١s"] {
            #expect(throws: InvalidValue.self, "\(text)") {
                try Duration(field: "max-time", text: text, in: range, example: "10m")
            }
        }
        #expect {
            try Duration(field: "max-time", text: "1d", in: range, example: "10m")
        } throws: { error in
            let text = "\(error)"
            return ["max-time", "1d", "10m", "1s", "24h"].allSatisfy(text.contains)
        }
    }

    @Test("The worker gets this command's settings, a port of its own, and no right to change tables")
    func settings() throws {
        let environment = [
            "FLASHSALE_OUTBOX_URL": "log", "FLASHSALE_MARIADB_MIGRATION_USER": "admin",
            "FLASHSALE_MARIADB_MIGRATION_PASSWORD": "hunter2", "HOME": "/root",
        ]
        let settings = try WorkerSettings(
            ConfigurationSources(arguments: ["--worker.batch-size=10"], environment: environment)
        )
        #expect(settings.arguments == ["--worker.batch-size=10", "--worker-health-port=0"])
        #expect(settings.environment == ["FLASHSALE_OUTBOX_URL": "log", "HOME": "/root"])
        #expect(settings.deliversMessages)
        let port = try WorkerSettings(
            ConfigurationSources(environment: ["FLASHSALE_WORKER_HEALTH_PORT": "9001"])
        )
        #expect(port.arguments.isEmpty && !port.deliversMessages)
        #expect(throws: ConfigurationError.self) {
            try WorkerSettings(ConfigurationSources(arguments: ["--http.port=1"], environment: [:]))
        }
    }

    @Test("The worker's exit code is passed on; one that was asked to end may die of that")
    func exits() {
        #expect(WorkerRun.failure(.code(0), wasAsked: false) == nil)
        #expect(WorkerRun.failure(.code(3), wasAsked: false)?.exitCode == 3)
        #expect(WorkerRun.failure(.signal(15), wasAsked: true) == nil)
        #expect(WorkerRun.failure(.signal(15), wasAsked: false)?.exitCode == 143)
        #expect(WorkerRun.failure(.signal(9), wasAsked: true)?.exitCode == 137)
        #expect(WorkerRun.failure(nil, wasAsked: true)?.exitCode == 1)
    }
}
