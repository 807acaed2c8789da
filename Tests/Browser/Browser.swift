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

    /// Nothing moves then: a colour on its way from one to the other is neither.
    func prefer(dark: Bool) async throws {
        let features = ["prefers-color-scheme": dark ? "dark" : "light", "prefers-reduced-motion": "reduce"]
        let list = features.map { #"{"name":"\#($0.key)","value":"\#($0.value)"}"# }.joined(separator: ",")
        let _: Nothing? = try await develop("Emulation.setEmulatedMedia", #"{"features":[\#(list)]}"#)
    }

    /// A window, in CSS pixels.
    struct Size: Sendable {
        let width: Int
        let height: Int
        let isPhone: Bool

        /// The narrowest that pages have to fit without scrolling sideways (WCAG 2.2, 1.4.10).
        static let smallPhone = Size(width: 320, height: 640, isPhone: true)
        static let phone = Size(width: 390, height: 844, isPhone: true)
        static let desktop = Size(width: 1_100, height: 1_000, isPhone: false)
    }

    /// Makes the window that of another device.
    func resize(_ size: Size) async throws {
        let _: Nothing? = try await develop(
            "Emulation.setDeviceMetricsOverride",
            #"{"width":\#(size.width),"height":\#(size.height),"deviceScaleFactor":\#(size.isPhone ? 2 : 1),"#
                + #""mobile":\#(size.isPhone)}"#
        )
    }

    private func develop<Value: Decodable>(_ command: String, _ parameters: String) async throws -> Value {
        try await driver.call(
            "POST",
            "\(session)/goog/cdp/execute",
            #"{"cmd":"\#(command)","params":\#(parameters)}"#
        )
    }

    // MARK: Pictures

    /// Where pictures and sources are kept, for people to look at; nil for nowhere.
    private static var folder: URL? {
        ProcessInfo.processInfo.environment["FLASHSALE_TEST_SCREENSHOTS"].map { URL(fileURLWithPath: $0) }
    }

    /// Writes a file into the folder that `FLASHSALE_TEST_SCREENSHOTS` names; does nothing without it.
    private func keep(_ content: Data, as name: String) throws {
        guard let folder = Self.folder else { return }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try content.write(to: folder.appendingPathComponent(name.replacing(" ", with: "-")))
    }

    func keep(_ text: String, as name: String) throws { try keep(Data(text.utf8), as: name) }

    /// A picture of the page, from its top to its end.
    func picture(_ name: String) async throws {
        guard Self.folder != nil else { return }
        let picture: Picture = try await develop("Page.captureScreenshot", #"{"captureBeyondViewport":true}"#)
        if let content = Data(base64Encoded: picture.data) { try keep(content, as: "\(name).png") }
    }

    private struct Picture: Decodable { let data: String }

    /// Pictures in light and dark, on a desktop and on a phone.
    func pictures(_ name: String) async throws {
        guard Self.folder != nil else { return }
        for size in [Size.phone, .desktop] {
            try await resize(size)
            for dark in [true, false] {
                try await prefer(dark: dark)
                try await picture("\(name)-\(size.isPhone ? "phone" : "desktop")-\(dark ? "dark" : "light")")
            }
        }
    }
}
