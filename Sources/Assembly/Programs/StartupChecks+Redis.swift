import Redis
import Resilience

/// What Redis says of its settings; nil for what it does not say.
struct RedisFacts: Equatable {
    var version: String?
    var appendOnly: String?
    var appendFsync: String?
    var noAppendFsyncOnRewrite: String?
    var evictionPolicy: String?

    /// The oldest version that is tested.
    private static let oldest = StoreVersion(7, 0)

    /// What is wrong with them, and what is not known.
    var findings: StartupFindings {
        var findings = StartupFindings()
        checkVersion(&findings)
        let settings = [
            ("appendonly", appendOnly, "yes", "a restart loses every line"),
            ("appendfsync", appendFsync, "always", "a power cut loses places that were confirmed"),
            (
                "no-appendfsync-on-rewrite", noAppendFsyncOnRewrite, "no",
                "while the file is rewritten, a power cut loses places that were confirmed"
            ),
            ("maxmemory-policy", evictionPolicy, "noeviction", "a full Redis throws carts and lines away"),
        ]
        for (name, value, right, consequence) in settings {
            guard let value else {
                findings.notices.append(
                    "Redis does not let this user read \(name): make sure yourself that it is \(right)."
                )
                continue
            }
            if value != right {
                findings.problems.append(StoreSettingProblem(.redis, name, is: value, mustBe: right, consequence))
            }
        }
        return findings
    }

    private func checkVersion(_ findings: inout StartupFindings) {
        guard let version, let number = StoreVersion(version) else {
            findings.notices.append("Redis does not tell its version: make sure yourself that it is \(Self.oldest).")
            return
        }
        if number < Self.oldest {
            findings.problems.append(
                StoreSettingProblem(
                    "Redis: the version is \(version), not \(Self.oldest) or later",
                    "nothing here was tested with it",
                    remedy: "Install a newer Redis."
                )
            )
        }
    }
}

extension RedisFacts {
    /// Asks Redis: CONFIG where it is allowed, else what INFO knows.
    ///
    /// - Throws: `RedisError` when Redis can't be asked at all.
    init(of redis: GuardedRedisClient) async throws {
        let info = try await Self.info(redis)
        version = info["redis_version"]
        appendOnly = try await Self.setting("appendonly", redis) ?? info["aof_enabled"].map { $0 == "1" ? "yes" : "no" }
        appendFsync = try await Self.setting("appendfsync", redis)
        noAppendFsyncOnRewrite = try await Self.setting("no-appendfsync-on-rewrite", redis)
        evictionPolicy = try await Self.setting("maxmemory-policy", redis) ?? info["maxmemory_policy"]
    }

    /// A setting; nil when an ACL or a renamed command keeps it from us.
    private static func setting(_ name: String, _ redis: GuardedRedisClient) async throws -> String? {
        let reply = try await answer(RedisCommand("CONFIG", ["GET", RedisArgument(name)]), redis)
        guard let pair = try reply?.array(), pair.count == 2 else { return nil }
        return try pair[1].string()
    }

    private static func info(_ redis: GuardedRedisClient) async throws -> [String: String] {
        guard let text = try await answer(RedisCommand("INFO"), redis)?.string() else { return [:] }
        return parse(info: text)
    }

    /// The lines of INFO that say `name:value`.
    static func parse(info text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        return values
    }

    /// The reply to a command; nil when Redis refuses the command itself.
    private static func answer(_ command: RedisCommand, _ redis: GuardedRedisClient) async throws -> RedisReply? {
        do {
            return try await redis.send(command)
        } catch let error as RedisError where ["NOPERM", "ERR"].contains(error.serverError?.code ?? "") {
            return nil
        }
    }
}
