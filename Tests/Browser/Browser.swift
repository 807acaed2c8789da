import Foundation
import TestSupport

/// An open browser, at one of its tabs.
struct Browser: Sendable {
    let driver: Driver
    let session: String

    private func post<Value: Decodable>(_ path: String, _ body: [String: any Encodable & Sendable] = [:]) async throws
        -> Value
    {
        try await driver.call("POST", "\(session)/\(path)", Self.json(body))
    }

    private static func json(_ body: [String: any Encodable & Sendable]) throws -> String {
        let members = try body.map { key, value in
            "\"\(key)\":" + String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        }
        return "{\(members.joined(separator: ","))}"
    }

    // MARK: Going places

    func open(_ url: String) async throws { let _: Nothing? = try await post("url", ["url": url]) }

    /// Opens another tab and goes on in it; returns the one from before.
    func openTab() async throws -> String {
        let before: String = try await driver.call("GET", "\(session)/window")
        let tab: Tab = try await post("window/new", ["type": "tab"])
        try await go(to: tab.handle)
        return before
    }

    func go(to tab: String) async throws { let _: Nothing? = try await post("window", ["handle": tab]) }

    private struct Tab: Decodable { let handle: String }

    // MARK: Looking

    /// What a script returns, as text.
    func run(_ script: String) async throws -> String {
        try await post("execute/sync", ["script": "return String((() => { \(script) })())", "args": [String]()])
    }

    /// The text of the first element that a selector finds.
    func text(_ selector: String) async throws -> String {
        try await onElement(selector) { try await driver.call("GET", "\(session)/element/\($0)/text") }
    }

    /// An attribute of the first element that a selector finds.
    func attribute(_ name: String, of selector: String) async throws -> String? {
        try await onElement(selector) { try await driver.call("GET", "\(session)/element/\($0)/attribute/\(name)") }
    }

    /// Waits until the page's heading is this.
    func waitForHeading(_ heading: String) async throws {
        try await eventually(within: .seconds(60), "the heading '\(heading)'") { try await text("h1") == heading }
    }

    /// Does something with the first element that a selector finds, once it is there; again where the page was renewed in between.
    private func onElement<Result>(_ selector: String, _ body: (String) async throws -> Result) async throws -> Result {
        let end = ContinuousClock.now + .seconds(20)
        while true {
            do { return try await body(try await element(selector)) } catch let error as WebDriverError {
                let isPassing =
                    error.description.contains("stale element") || error.description.contains("no such element")
                guard isPassing, .now < end else { throw error }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func element(_ selector: String) async throws -> String {
        let found: [String: String] = try await post("element", ["using": "css selector", "value": selector])
        guard let id = found.values.first else { throw WebDriverError(description: "no \(selector)") }
        return id
    }

    // MARK: Doing

    func click(_ selector: String) async throws {
        let _: Nothing? = try await onElement(selector) { try await post("element/\($0)/click") }
    }

    func type(_ text: String, into selector: String) async throws {
        let _: Nothing? = try await post("element/\(element(selector))/value", ["text": text])
    }

    /// Presses keys one after the other, wherever the focus is.
    func press(_ keys: String) async throws {
        let actions = keys.unicodeScalars.flatMap { key in
            ["keyDown", "keyUp"].map { ["type": $0, "value": String(key)] }
        }
        let source = KeySource(actions: actions)
        let _: Nothing? = try await post("actions", ["actions": [source]])
    }

    private struct KeySource: Encodable {
        var type = "key"
        var id = "keyboard"
        let actions: [[String: String]]
    }

    // MARK: What the reader has

    func prefer(dark: Bool) async throws {
        let features = #"{"features":[{"name":"prefers-color-scheme","value":"\#(dark ? "dark" : "light")"}]}"#
        try await develop("Emulation.setEmulatedMedia", features)
    }

    /// Makes the window that of a phone, or a desktop's again.
    func hold(phone: Bool) async throws {
        let size = phone ? (390, 844, 2) : (1_100, 1_000, 1)
        try await develop(
            "Emulation.setDeviceMetricsOverride",
            #"{"width":\#(size.0),"height":\#(size.1),"deviceScaleFactor":\#(size.2),"mobile":\#(phone)}"#
        )
    }

    private func develop(_ command: String, _ parameters: String) async throws {
        let _: Nothing? = try await driver.call(
            "POST",
            "\(session)/goog/cdp/execute",
            #"{"cmd":"\#(command)","params":\#(parameters)}"#
        )
    }

    // MARK: Pictures

    /// Writes a picture of the page into the folder that `FLASHSALE_TEST_SCREENSHOTS` names; does nothing without it.
    func picture(_ name: String) async throws {
        guard let folder = ProcessInfo.processInfo.environment["FLASHSALE_TEST_SCREENSHOTS"] else { return }
        let png: String = try await driver.call("GET", "\(session)/screenshot")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(base64Encoded: png)?.write(to: URL(fileURLWithPath: folder).appendingPathComponent("\(name).png"))
    }

    /// Pictures in light and dark, on a desktop and on a phone.
    func pictures(_ name: String) async throws {
        guard ProcessInfo.processInfo.environment["FLASHSALE_TEST_SCREENSHOTS"] != nil else { return }
        for phone in [true, false] {
            try await hold(phone: phone)
            for dark in [true, false] {
                try await prefer(dark: dark)
                try await picture("\(name)-\(phone ? "phone" : "desktop")-\(dark ? "dark" : "light")")
            }
        }
    }
}
