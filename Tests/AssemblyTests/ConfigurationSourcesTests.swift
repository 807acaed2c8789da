import Foundation
import Testing

@testable import Assembly

@Suite("Sources of the configuration")
struct ConfigurationSourcesTests {
    private func load(
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        file: String = "no-such-file.yaml"
    ) throws -> APIConfiguration {
        try APIConfiguration.load(ConfigurationSources(arguments: arguments, environment: environment, file: file))
    }

    /// The problems of a configuration, each on a line.
    private func problems(
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        file: String = "no-such-file.yaml"
    ) -> [String] {
        do {
            _ = try load(arguments, environment: environment, file: file)
            return []
        } catch let error as ConfigurationError {
            return error.problems.map(\.description)
        } catch {
            return ["not a ConfigurationError: \(error)"]
        }
    }

    @Test("The command line wins over the environment, that over the file, and that over the default")
    func precedence() throws {
        #expect(try load().http.port == 8080)
        try withFile("http:\n  port: 1\n") { (file) throws in
            #expect(try load(file: file).http.port == 1)
            let environment = ["FLASHSALE_HTTP_PORT": "2"]
            #expect(try load(environment: environment, file: file).http.port == 2)
            #expect(try load(["--http-port", "3"], environment: environment, file: file).http.port == 3)
        }
    }

    @Test(
        "An option is written in four ways",
        arguments: [["--http-port", "90"], ["--http.port", "90"], ["--http-port=90"], ["--http.port=90"]]
    )
    func optionForms(arguments: [String]) throws {
        #expect(try load(arguments).http.port == 90)
    }

    @Test("The file may be flat, nested, mixed, or hold comments only")
    func fileForms() throws {
        for text in ["http.port: 90", "http: {port: 90}", "http:\n  port: '90'\nlog.level: info", "---\nhttp.port: 90"]
        {
            #expect(try withFile(text) { try load(file: $0).http.port } == 90, "\(text)")
        }
        for text in ["", "# http.port: 90\n\n  # nothing\n", "---\n"] {
            #expect(try withFile(text) { try load(file: $0).http.port } == 8080, "\(text)")
        }
    }

    @Test("The file is named by --config or FLASHSALE_CONFIG; named, it must be there")
    func namedFile() throws {
        try withFile("http.port: 90") { (file) throws in
            #expect(try load(["--config", file]).http.port == 90)
            #expect(try load(environment: ["FLASHSALE_CONFIG": file]).http.port == 90)
            #expect(try load(["--config", file], environment: ["FLASHSALE_CONFIG": "/no/such"]).http.port == 90)
        }
        #expect(
            problems(["--config", "/no/such"]) == [
                "The configuration file /no/such cannot be used: there is no such file."
            ]
        )
        #expect(problems(["--config"]) == ["config (command line (--config)): A path must follow it."])
    }

    @Test("A variable that is set to nothing counts as not set; foreign variables do not matter")
    func emptyVariables() throws {
        let environment = ["FLASHSALE_HTTP_PORT": "", "FLASHSALE_UNKNOWN": "", "HTTP_PORT": "x", "PATH": "/bin"]
        #expect(try load(environment: environment).http.port == 8080)
    }

    @Test("A wrong value is reported with its key, its source and what is allowed, wherever it comes from")
    func wrongValues() throws {
        let allowed = "\"x\" is not a whole number from 0 to 65535."
        #expect(problems(["--http-port", "x"]) == ["http.port (command line (--http-port)): \(allowed)"])
        let environment = ["FLASHSALE_HTTP_PORT": "x"]
        #expect(
            problems(environment: environment) == ["http.port (environment variable FLASHSALE_HTTP_PORT): \(allowed)"]
        )
        try withFile("http.port: x") { #expect(problems(file: $0) == ["http.port (\($0)): \(allowed)"]) }
        try withFile("http.port: [1, 2]") { (file) throws in
            #expect(problems(file: file) == ["http.port (\(file)): It must be a single value, not a list."])
        }
    }

    @Test("Event streams leave a tenth of the connections to requests, or the API does not start")
    func streamsAndConnections() {
        let arguments = ["--http-max-connections=100", "--events-max-streams"]
        #expect(problems(arguments + ["90"]) == [])
        let found = problems(arguments + ["91"])
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("events.max-streams (command line (--events-max-streams)): 91 streams") == true)
        #expect(found.first?.contains("Set it to 90 or less, or raise http.max-connections.") == true)
        // The default is too much as well.
        #expect(problems(["--http-max-connections=100"]).count == 1)
    }

    @Test("All problems are reported together")
    func allProblems() throws {
        try withFile("log.level: loud\nlog.fromat: json\n") { (file) throws in
            let found = problems(
                ["--http-port", "x", "--line-rate-limit=-1", "stray"],
                environment: ["FLASHSALE_HTTP_PORTS": "1"],
                file: file
            )
            #expect(found.count == 6)
            for key in ["http.port", "line.rate-limit", "stray", "FLASHSALE_HTTP_PORTS", "log.level", "log.fromat"] {
                #expect(found.contains { $0.contains(key) }, "\(key)")
            }
        }
    }

    @Test("An unknown name is an error with the nearest known one")
    func unknownNames() throws {
        #expect(problems(["--http-prt=1"]) == ["The option \"--http-prt\" is unknown. Did you mean --http-port?"])
        #expect(problems(["--cofnig=x"]) == ["The option \"--cofnig\" is unknown. Did you mean --config?"])
        let environment = ["FLASHSALE_HTTP_PROT": "1"]
        let expected = "The environment variable FLASHSALE_HTTP_PROT is unknown. Did you mean FLASHSALE_HTTP_PORT?"
        #expect(problems(environment: environment) == [expected])
        try withFile("http:\n  prot: 1\nzzzzzzzzzzzz: 2\n") { (file) throws in
            let found = problems(file: file)
            #expect(found.first == "http.prot (\(file)): There is no such setting. Did you mean http.port?")
            #expect(found.last == "zzzzzzzzzzzz (\(file)): There is no such setting.")
        }
    }

    @Test("A setting of another program is refused on the command line, and welcome in file and environment")
    func otherPrograms() throws {
        let expected = "This is a setting of flashsale-worker, not of flashsale-api."
        #expect(problems(["--worker-id", "w"]) == ["worker.id (command line (--worker-id)): \(expected)"])
        try withFile("worker.id: w") {
            #expect(problems(environment: ["FLASHSALE_WORKER_LEASE": "5s"], file: $0) == [])
        }
    }

    @Test("A setting given twice, or without a value, is an error")
    func malformed() throws {
        #expect(
            problems(["--http-port=1", "--http.port=1"]) == [
                "http.port (command line (--http.port)): It is given twice."
            ]
        )
        #expect(problems(["--http-port"]) == ["http.port (command line (--http-port)): A value must follow it."])
        #expect(problems(["--http-port", "--log-level=info"]).count == 1)
        #expect(problems(["--http-port="]).first?.contains("\"\" is not a whole number") == true)
        try withFile("http.port: 1\nhttp:\n  port: 2\n") { (file) throws in
            #expect(problems(file: file) == ["http.port (\(file)): It is given twice."])
        }
    }

    @Test("A file that is no configuration is an error, not a crash")
    func badFiles() throws {
        for text in ["- a\n- b\n", "just text", "a: [1", "http:\n- port: 1", "\u{0}\u{1}", "a: &a [*a]"] {
            let found = try withFile(text) { problems(["--config", $0]) }
            #expect(!found.isEmpty, "\(text)")
        }
        #expect(problems(["--config", "/"]).first?.contains("cannot be used") == true)
        let large = String(repeating: "#", count: FileSettings.maximumSize + 1)
        #expect(try withFile(large) { problems(file: $0) }.first?.contains("larger") == true)
    }
}

@Suite("Secrets in the configuration")
struct ConfigurationSecretsTests {
    private func load(
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        file: String = "no-such-file.yaml"
    ) throws -> RedisSettings {
        try APIConfiguration.load(ConfigurationSources(arguments: arguments, environment: environment, file: file))
            .redis
    }

    private func problem(
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        file: String = "no-such-file.yaml"
    ) -> String {
        do {
            _ = try load(arguments, environment: environment, file: file)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("A secret comes from the environment, or from a file that any source names")
    func sources() throws {
        #expect(try load(environment: ["FLASHSALE_REDIS_PASSWORD": "hunter2"]).password?.value == "hunter2")
        try withFile("hunter2\n") { (secret) throws in
            #expect(try load(environment: ["FLASHSALE_REDIS_PASSWORD_FILE": secret]).password?.value == "hunter2")
            #expect(try load(["--redis-password-file", secret]).password?.value == "hunter2")
            try withFile("redis.password-file: \(secret)") { (file) throws in
                #expect(try load(file: file).password?.value == "hunter2")
                let environment = ["FLASHSALE_REDIS_PASSWORD": "other"]
                #expect(try load(environment: environment, file: file).password?.value == "other")
            }
        }
    }

    @Test("A secret on the command line or in the file is refused, and not repeated in the message")
    func refused() throws {
        for arguments in [["--redis-password", "hunter2"], ["--redis.password=hunter2"]] {
            let problem = problem(arguments)
            #expect(problem.contains("cannot be given on the command line"))
            #expect(problem.contains("FLASHSALE_REDIS_PASSWORD"))
            #expect(!problem.contains("hunter2"))
        }
        try withFile("redis:\n  password: hunter2") { (file) throws in
            let problem = problem(file: file)
            #expect(problem.contains("cannot stand in the configuration file"))
            #expect(!problem.contains("hunter2"))
        }
    }

    @Test("A secret that is wrong, missing or given twice is an error that does not show it")
    func wrong() throws {
        let twoLines = problem(environment: ["FLASHSALE_REDIS_PASSWORD": "hunter2\nmore"])
        #expect(twoLines.contains("The value is not a text of 1 to 1024 characters on one line."))
        #expect(!twoLines.contains("hunter2"))
        let missing = problem(environment: ["FLASHSALE_REDIS_PASSWORD_FILE": "/no/such"])
        #expect(missing.contains("redis.password-file (environment variable FLASHSALE_REDIS_PASSWORD_FILE)"))
        #expect(missing.contains("there is no such file"))
        try withFile("hunter2") { (secret) throws in
            let environment = ["FLASHSALE_REDIS_PASSWORD": "hunter2", "FLASHSALE_REDIS_PASSWORD_FILE": secret]
            #expect(problem(environment: environment).contains("It is given twice"))
        }
        #expect(try withFile("") { problem(["--redis-password-file", $0]) }.contains("The value is not a text"))
    }

    @Test("The rows of a configuration mask secrets, and name every source")
    func rows() throws {
        let sources = ConfigurationSources(
            arguments: ["--http-port", "90"],
            environment: ["FLASHSALE_REDIS_PASSWORD": "hunter2"],
            file: "no-such-file.yaml"
        )
        let rows = try APIConfiguration.rows(sources)
        let option = SettingSource.commandLine(option: "--http-port")
        let variable = SettingSource.environment(variable: "FLASHSALE_REDIS_PASSWORD")
        #expect(rows.contains(SettingRow(key: "http.port", value: "90", source: option)))
        #expect(rows.contains(SettingRow(key: "redis.password", value: "***", source: variable)))
        #expect(rows.contains(SettingRow(key: "mariadb.password", value: "", source: .programDefault)))
        #expect(rows.contains(SettingRow(key: "redis.command-timeout", value: "1s", source: .programDefault)))
        #expect(!"\(rows)".contains("hunter2"))
        let configuration = try APIConfiguration.load(sources)
        #expect(!"\(configuration)".contains("hunter2"))
    }
}
