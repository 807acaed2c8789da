/// Finds what is wrong with the structure of a page: elements that are not closed, ids that are not unique, references to
/// ids that are not there, scripts or styles in the page itself.
///
/// It knows the small part of HTML that our templates use, and the SVG of charts, and complains about everything else.
public enum HTMLCheck {
    private static let void: Set<String> = ["meta", "link", "input", "br"]

    /// What is wrong with a page, one line each.
    public static func complaints(about html: String) -> [String] {
        var complaints: [String] = []
        var open: [String] = []
        var ids: Set<String> = []
        var references: [String] = []
        if !html.hasPrefix("<!DOCTYPE html>\n<html lang=\"") { complaints.append("no doctype, or no language") }
        if html.contains("{{") || html.contains("}}") { complaints.append("a template's braces are left") }
        let body = html.dropFirst("<!DOCTYPE html>".count)
        for match in body.matches(of: /<(\/?)([a-zA-Z0-9]+)((?:\s+[a-zA-Z0-9-]+(?:="[^"<>]*")?)*)\s*(\/?)>|[<>]/) {
            guard let name = match.2.map(String.init) else {
                complaints.append("a stray \(match.0) near \(body[match.range.lowerBound...].prefix(40))")
                continue
            }
            if match.1 == "/" {
                if open.popLast() != name { complaints.append("</\(name)> closes nothing") }
                continue
            }
            // A slash closes what is SVG, and nothing else.
            if match.4 == "/" {
                if !open.contains("svg") { complaints.append("<\(name)/> is not closed by its slash") }
            } else if !void.contains(name) {
                open.append(name)
            }
            var names: Set<String> = []
            for attribute in (match.3 ?? "").matches(of: /([a-zA-Z0-9-]+)(?:="([^"]*)")?/) {
                let (key, value) = (String(attribute.1), String(attribute.2 ?? ""))
                if !names.insert(key).inserted { complaints.append("\(key) twice at <\(name)>") }
                if key == "style" || key.hasPrefix("on") { complaints.append("\(key) at <\(name)>") }
                if key == "id", !ids.insert(value).inserted { complaints.append("the id \(value) twice") }
                if ["for", "aria-describedby", "aria-labelledby"].contains(key) {
                    references += value.split(separator: " ").map(String.init)
                }
                if key == "href", value.hasPrefix("#") { references.append(String(value.dropFirst())) }
            }
            if name == "script", !names.contains("src") { complaints.append("a script in the page") }
            if name == "style" { complaints.append("a style in the page") }
        }
        if !open.isEmpty { complaints.append("never closed: \(open)") }
        for reference in references where !ids.contains(reference) { complaints.append("no id \(reference)") }
        let levels = body.matches(of: /<h([1-6])[ >]/).compactMap { Int($0.1) }
        if levels.first != 1 || levels.count(where: { $0 == 1 }) != 1 { complaints.append("headings \(levels)") }
        if zip(levels, levels.dropFirst()).contains(where: { $1 > $0 + 1 }) { complaints.append("headings \(levels)") }
        return complaints
    }
}
