import AsyncHTTPClient
import Foundation
import LocalServers
import NIOCore
import NIOHTTP1
import TestSupport

/// A chromedriver of our own, and what it is asked: the part of WebDriver (https://www.w3.org/TR/webdriver2/) that we need.
struct Driver: Sendable {
    private let process: ChildProcess
    private let address: String
    fileprivate let http: HTTPClient

    /// What a browser shall be like.
    struct Options: Sendable {
        var language = "en"
        var runsScripts = true
    }

    /// Starts chromedriver, and stops it after the body together with every browser that it has opened.
    static func with(http: HTTPClient, _ body: (Driver) async throws -> Void) async throws {
        guard FileManager.default.isExecutableFile(atPath: path) else { throw MissingPackage() }
        let port = try LoopbackPort.free()
        let process = try await ChildProcess.start(
            ChildProcess.Launch(path, ["--port=\(port)", "--log-level=SEVERE"], deathSignal: .kill)
        )
        let driver = Driver(process: process, address: "http://127.0.0.1:\(port)", http: http)
        let outcome: Result<Void, any Error>
        do {
            try await eventually("chromedriver is ready") {
                let status: Status = try await driver.call("GET", "\(driver.address)/status")
                return status.ready
            }
            outcome = .success(try await body(driver))
        } catch { outcome = .failure(error) }
        await process.terminate(within: .seconds(10))
        try outcome.get()
    }

    /// Opens a browser and closes it after the body.
    func browse(_ options: Options = Options(), _ body: (Browser) async throws -> Void) async throws {
        let scripts = options.runsScripts ? 1 : 2
        let session: Session = try await call(
            "POST",
            "\(address)/session",
            """
            {"capabilities":{"alwaysMatch":{"browserName":"chrome","goog:chromeOptions":{
            "args":["--headless=new","--no-sandbox","--disable-gpu","--disable-dev-shm-usage","--window-size=1100,1000",
            "--accept-lang=\(options.language)","--disable-background-networking","--no-first-run"],
            "prefs":{"intl.accept_languages":"\(options.language)",
            "profile.managed_default_content_settings.javascript":\(scripts)}}}}}
            """
        )
        let browser = Browser(driver: self, session: "\(address)/session/\(session.sessionId)")
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(browser)) } catch { outcome = .failure(error) }
        // With the browser goes its profile folder, which chromedriver has made.
        let _: Nothing? = try? await call("DELETE", browser.session)
        try outcome.get()
    }

    /// One command.
    ///
    /// - Throws: ``WebDriverError`` with what the driver said.
    func call<Value: Decodable>(_ method: String, _ url: String, _ body: String? = nil) async throws -> Value {
        var request = HTTPClientRequest(url: url)
        request.method = .RAW(value: method)
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await http.execute(request, timeout: .seconds(60))
        let answer = try await response.body.collect(upTo: 16 << 20)
        guard response.status == .ok else { throw WebDriverError(description: String(buffer: answer)) }
        return try JSONDecoder().decode(Reply<Value>.self, from: Data(answer.readableBytesView)).value
    }

    private static let path = "/usr/bin/chromedriver"
    private struct Reply<Value: Decodable>: Decodable { let value: Value }
    private struct Status: Decodable { let ready: Bool }
    private struct Session: Decodable { let sessionId: String }

    /// Chromium or its driver is not there.
    struct MissingPackage: Error, CustomStringConvertible {
        let description = "There is no /usr/bin/chromedriver. Install it with: apt install chromium chromium-driver"
    }
}

/// The answer of a command that has none.
struct Nothing: Decodable {
    init(from decoder: any Decoder) {}
}

/// A command that the driver refused.
struct WebDriverError: Error, CustomStringConvertible {
    let description: String
}
