import FlashSaleAPI
import FlashSaleStorage
import Logging
import Resilience

// What is checked here is the stores themselves, so all of it goes past the breakers: at the start a breaker would only hide
// what a store has said, and a probe of readiness must neither be refused nor become the one call that tries a store.
extension Stores {
    /// Waits until MariaDB answers with this build's schema.
    ///
    /// - Throws: A failure in words: what is wrong and what to run.
    func checkSchema(within limit: Duration) async throws {
        let deadline = ContinuousClock.now + limit
        while true {
            do {
                return try await Migrator(database: database.unguarded).check()
            } catch let mismatch as SchemaMismatch {
                throw StartFailure(description: mismatch.description, exitCode: ProgramRun.ExitCode.failure)
            } catch {
                guard ContinuousClock.now < deadline else {
                    throw StartFailure(
                        description: "MariaDB can't be reached: \(error)",
                        exitCode: ProgramRun.ExitCode.storeUnavailable
                    )
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Checks that the stores are set up for the profile.
    ///
    /// - Throws: A failure in words with every setting that is wrong, and the line to put in its place.
    func checkSettings(for profile: Profile, within limit: Duration, logger: Logger) async throws {
        guard profile == .production else {
            logger.notice("profile is development: whether the stores lose nothing in a power cut was not checked")
            return
        }
        let findings: StartupFindings
        do {
            try await redis.waitUntilReady(within: limit)
            findings =
                try await RedisFacts(of: redis.unguarded).findings + MariaDBFacts(of: database.unguarded).findings
        } catch {
            throw StartFailure(
                description: "the stores' settings can't be checked: \(error)",
                exitCode: ProgramRun.ExitCode.storeUnavailable
            )
        }
        for notice in findings.notices { logger.notice("\(notice)") }
        if !findings.problems.isEmpty { throw StartFailure(findings.problems) }
    }

    /// What `/ready` asks of every process.
    var readinessChecks: [ReadinessCheck] {
        [
            ReadinessCheck(name: "redis") {
                do {
                    try await redis.ping()
                    return .ok
                } catch {
                    return .failed("no answer")
                }
            },
            ReadinessCheck(name: "mariadb") {
                do {
                    try await database.ping()
                    return .ok
                } catch {
                    return .failed("no answer")
                }
            },
            ReadinessCheck(name: "migrations") {
                do {
                    try await Migrator(database: database.unguarded).check()
                    return .ok
                } catch let mismatch as SchemaMismatch {
                    return .failed(mismatch.description)
                } catch {
                    return .failed("unknown while mariadb is away")
                }
            },
        ]
    }
}
