import FlashSale
import Mustache

/// The shopper's pages: what is known of a sale in, HTML out.
///
/// Nothing here asks anybody anything. Every value is escaped by the templates.
public struct ShopPages: Sendable {
    private let library: MustacheLibrary
    /// What pages may load and do: nothing but what comes from here, and no script or style inside of a page.
    public static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:;"
        + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    /// The pages with their templates read.
    public init() {
        do {
            library = MustacheLibrary(
                templates: try [
                    "layout": Self.template(PackageResources.layout_mustache),
                    "products": Self.template(PackageResources.products_mustache),
                    "product": Self.template(PackageResources.product_mustache),
                    "place": Self.template(PackageResources.place_mustache),
                    "problem": Self.template(PackageResources.problem_mustache),
                ]
            )
        } catch { preconditionFailure("a template can't be read: \(error)") }
    }

    private static func template(_ resource: [UInt8]) throws -> MustacheTemplate {
        try MustacheTemplate(string: String(decoding: resource, as: UTF8.self))
    }

    /// A page out of its template and its values.
    ///
    /// - Parameter refreshSeconds: How soon a browser without scripts asks again; nil for never.
    func page(
        _ template: String,
        _ text: PageText,
        title: String,
        refreshSeconds: Int64? = nil,
        _ values: [String: Any]
    ) -> String {
        var all = values
        all["t"] = text.sentences
        all["lang"] = text.language.rawValue
        all["title"] = title
        all["css"] = PageAsset.style.path
        all["js"] = PageAsset.script.path
        all["icon"] = PageAsset.icon.path
        if let refreshSeconds { all["refresh"] = refreshSeconds }
        guard let page = library.render(all, withTemplate: template) else {
            preconditionFailure("there is no template \(template)")
        }
        return page
    }
}

extension Product {
    /// What stands for a picture: the name's first letter on one of five colours.
    var picture: [String: Any] {
        [
            "hue": id.rawValue % 5,
            "letter": name.first { $0.isLetter || $0.isNumber }.map { String($0).uppercased() } ?? "★",
        ]
    }
}
