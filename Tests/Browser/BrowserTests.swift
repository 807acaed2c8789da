import LocalServers
import ShopSupport
import TestSupport
import Testing

/// A real Chromium walks through a real shop: pages, API, worker and stores as they are shipped.
@Suite("Pages in a browser", .serialized)
struct BrowserTests {
    @Test("Join, wait, hold, pay: it is yours; every page on the way is fit for everybody")
    func buy() async throws {
        try await RunningShop.withPages { shop, driver in
            let product = try await shop.createProduct(stock: 1, ["--checkout", "hold", "--max-per-user", "2"])
            // Somebody is before ada, so that she waits.
            try await shop.hold(product, "zoe")
            try await driver.browse { browser in
                try await browser.open(shop.url("/"))
                try await browser.expectFit("list")
                try await browser.open(shop.url("/products/\(product)"))
                try await browser.expectFit("product all held")
                try await browser.type("ada", into: "#name")
                try await browser.click("main button")
                try await browser.waitForHeading("You are in line")
                #expect(try await browser.text("#position") == "1")
                _ = try await browser.run("document.querySelector('form[action$=leave] button').focus(); return ''")
                try await eventually("it says why it stands") {
                    try await browser.text("#outlook").contains("held by others")
                }
                // What is said changes; who was at a button still is.
                #expect(try await browser.run("return document.activeElement.textContent") == "Leave the line")
                try await browser.expectFit("waiting room")
                try await shop.giveBack(product, "zoe")
                // Nobody touches the page.
                try await browser.waitForHeading("It is your turn")
                #expect(try await browser.text(".clock").contains(":"))
                try await browser.expectFit("hold")
                try await browser.click("form[action$=checkout] button")
                try await browser.waitForHeading("Pay for your order")
                try await browser.expectFit("order")
                try await browser.click("form[action$=pay] button")
                try await browser.waitForHeading("It is yours")
                try await browser.expectFit("completed")
                try await browser.open(shop.url("/products/\(product)"))
                #expect(try await browser.text(".note") == "You have an order already.")
                #expect(try await browser.text("a.button") == "See where you stand")
                try await browser.expectFit("product with a place")
            }
            #expect(try await shop.standing(product, "ada")["status"] == "completed")
            #expect(try await shop.auditComplaints(product: product).isEmpty)
        }
    }

    @Test("Who waits is told at once when the last unit is paid for, in German too")
    func soldOut() async throws {
        try await RunningShop.withPages { shop, driver in
            let product = try await shop.createProduct(stock: 1, ["--checkout", "hold"])
            try await shop.hold(product, "zoe")
            try await driver.browse(.init(language: "de")) { browser in
                try await browser.join(shop, product, "ada")
                try await browser.waitForHeading("Du stehst in der Schlange")
                #expect(try await browser.run("return document.documentElement.lang") == "de")
                try await browser.expectFit("warten")
                try await shop.pay(product, "zoe")
                try await browser.waitForHeading("Ausverkauft")
                try await browser.expectFit("ausverkauft")
                try await browser.open(shop.url("/products/\(product)"))
                #expect(try await browser.text(".pill") == "Ausverkauft")
                try await browser.expectFit("produkt ausverkauft")
                try await browser.open(shop.url("/"))
                try await browser.expectFit("liste")
            }
        }
    }

    @Test("Two tabs have one place; left in one, the other says so by itself")
    func tabs() async throws {
        try await RunningShop.withPages { shop, driver in
            let product = try await shop.createProduct(stock: 1, ["--checkout", "hold"])
            try await shop.hold(product, "zoe")
            try await driver.browse { browser in
                try await browser.join(shop, product, "ada")
                try await browser.waitForHeading("You are in line")
                let ticket = try await browser.attribute("data-ticket", of: "#position")
                try await browser.open(shop.url("/products/\(product)/queue"))
                #expect(try await browser.attribute("data-ticket", of: "#position") == ticket)
                let first = try await browser.openTab()
                try await browser.open(shop.url("/products/\(product)"))
                try await browser.click("a.button")
                try await browser.waitForHeading("You are in line")
                #expect(try await browser.attribute("data-ticket", of: "#position") == ticket)
                try await browser.click("form[action$=leave] button")
                try await browser.waitForHeading("You left the line")
                try await browser.expectFit("left")
                try await browser.go(to: first)
                try await browser.waitForHeading("You left the line")
            }
        }
    }

    @Test("Without scripts the same walk works: the page asks again by itself")
    func withoutScripts() async throws {
        try await RunningShop.withPages { shop, driver in
            let product = try await shop.createProduct(stock: 1, ["--checkout", "hold"])
            try await shop.hold(product, "zoe")
            try await driver.browse(.init(runsScripts: false)) { browser in
                try await browser.join(shop, product, "ada")
                try await browser.waitForHeading("You are in line")
                try await shop.giveBack(product, "zoe")
                try await browser.waitForHeading("It is your turn")
                // The script would have written the reader's own time.
                #expect(try await browser.text("time").hasSuffix("UTC"))
                try await browser.picture("without-scripts")
                try await browser.click("form[action$=checkout] button")
                try await browser.waitForHeading("Pay for your order")
                try await browser.click("form[action$=pay] button")
                try await browser.waitForHeading("It is yours")
            }
        }
    }

    @Test("With the keyboard alone one gets into the line")
    func keyboard() async throws {
        try await RunningShop.withPages { shop, driver in
            let product = try await shop.createProduct(stock: 1, ["--checkout", "hold"])
            try await shop.hold(product, "zoe")
            try await driver.browse { browser in
                try await browser.open(shop.url("/products/\(product)"))
                for _ in 0..<10 where try await browser.run("return document.activeElement.id") != "name" {
                    try await browser.press("\u{E004}")
                }
                try await browser.press("ada\u{E007}")
                try await browser.waitForHeading("You are in line")
            }
        }
    }

    @Test("The line's pause is said on the product's page while one looks at it, and on a refused form")
    func paused() async throws {
        try await RunningShop.withPages { shop, driver in
            let product = try await shop.createProduct(stock: 1)
            try await driver.browse { browser in
                try await browser.open(shop.url("/products/\(product)"))
                _ = try await shop.fleet.run("flashsale", ["product", "pause", "\(product)"])
                try await eventually("the page says so") { try await browser.text(".pill") == "Paused" }
                try await browser.expectFit("paused")
                _ = try await shop.fleet.run("flashsale", ["product", "resume", "\(product)"])
                try await eventually("the form is back") { try await browser.text("main button") == "Join the line" }
                try await browser.open(shop.url("/products/999"))
                try await browser.waitForHeading("There is nothing here")
                try await browser.expectFit("problem")
            }
        }
    }

    @Test("The check of accessibility notices what it is there for")
    func checkNotices() async throws {
        try await RunningShop.withPages { shop, driver in
            let product = try await shop.createProduct(stock: 1)
            try await driver.browse { browser in
                let faults = [
                    ("contrast", "find('.hint').style.color = '#999'"), ("no label", "find('label').remove()"),
                    ("headings", "find('h1').outerHTML = '<h4>x</h4>'"), ("no name", "find('button').textContent = ''"),
                    ("no alt", "find('main').append(new Image())"), ("small", "find('input').style.height = '20px'"),
                    ("no language", "document.documentElement.lang = ''"),
                    ("wider", "find('main').style.minWidth = '3000px'"),
                ]
                try await browser.open(shop.url("/products/\(product)"))
                try await browser.expectFit("product open")
                for (complaint, fault) in faults {
                    try await browser.open(shop.url("/products/\(product)"))
                    #expect(try await browser.run(Browser.check()) == "")
                    _ = try await browser.run("const find = (s) => document.querySelector(s); \(fault); return ''")
                    #expect(try await browser.run(Browser.check()).contains(complaint), "\(fault)")
                }
                try await browser.press("\u{E004}")
                #expect(try await browser.run(Browser.focus) == "")
                _ = try await browser.run("document.activeElement.style.outline = 'none'; return ''")
                #expect(try await browser.run(Browser.focus).hasPrefix("focus not seen"))
                _ = try await browser.run("document.activeElement.style.outline = '3px solid #eee'; return ''")
                #expect(try await browser.run(Browser.focus).hasPrefix("focus 1."))
            }
        }
    }
}
