extension String {
    /// The text with the five characters that mean something in HTML replaced, for elements and quoted attributes.
    ///
    /// Source: the OWASP cheat sheet on cross-site scripting, rules 1 and 2.
    public var htmlEscaped: String {
        reduce(into: "") { text, character in
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.append(character)
            }
        }
    }
}
