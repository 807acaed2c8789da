/// What reads the lines of one of a draw's texts.
protocol DrawLineCheck: Sendable {
    /// What the text is called.
    static var name: String { get }

    /// Reads a line that is not the last.
    ///
    /// - Returns: False when it is not of the text's form.
    mutating func read(_ fields: DrawLineFields) -> Bool

    /// Reads what stands in the last line behind the number of lines.
    ///
    /// - Returns: False when it is not of the text's form.
    mutating func readEnd(_ fields: DrawLineFields) -> Bool
}

/// Takes a text apart into lines, wherever the pieces that it comes in are cut.
///
/// The last line is `end COUNT`, with the number of lines before it and perhaps more: a text that was cut off does not pass.
struct DrawText<Check: DrawLineCheck>: Sendable {
    /// The longest line: nobody needs memory for more.
    private static var maximumLength: Int { 200 }

    /// Has read the lines so far.
    private(set) var check: Check
    /// Why the text is not whole; nil while it is.
    private(set) var problem: String?
    /// How many lines there were, without the last.
    private(set) var count = 0
    /// How many there were by the last line; nil before it.
    private(set) var statedCount: Int?
    private var rest: [UInt8] = []

    init(_ check: Check) { self.check = check }

    /// Reads a piece.
    mutating func read(_ piece: UnsafeRawBufferPointer) {
        var start = 0
        while problem == nil, let end = Self.lineBreak(in: piece, from: start) {
            let part = UnsafeRawBufferPointer(rebasing: piece[start..<end])
            start = end + 1
            if rest.isEmpty {
                take(part)
            } else {
                keep(part)
                let line = rest
                rest.removeAll(keepingCapacity: true)
                if problem == nil { line.withUnsafeBytes { take($0) } }
            }
        }
        if problem == nil { keep(UnsafeRawBufferPointer(rebasing: piece[start...])) }
    }

    /// Ends the text.
    mutating func end() {
        if problem == nil, statedCount == nil || !rest.isEmpty {
            fail(
                "is where the \(Check.name) are cut off: the last line has to begin with 'end' and to have a line break"
            )
        }
    }

    private static func lineBreak(in piece: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var position = start
        while position < piece.count {
            if piece[position] == UInt8(ascii: "\n") { return position }
            position += 1
        }
        return nil
    }

    /// Keeps the beginning of a line until the rest of it comes.
    private mutating func keep(_ part: UnsafeRawBufferPointer) {
        guard rest.count + part.count <= Self.maximumLength else {
            return fail("is longer than \(Self.maximumLength) bytes")
        }
        rest.append(contentsOf: part)
    }

    private mutating func take(_ line: UnsafeRawBufferPointer) {
        guard statedCount == nil else { return fail("follows the end") }
        var fields = DrawLineFields(line)
        guard fields.takeEnd() else {
            guard check.read(fields) else { return fail("is not of the form that it has to be") }
            count += 1
            return
        }
        guard let stated = fields.takeNumber(), check.readEnd(fields) else {
            return fail("is not of the form that the last line has to be")
        }
        statedCount = Int(stated)
    }

    private mutating func fail(_ problem: String) {
        self.problem = "Line \(count + (statedCount == nil ? 1 : 2)) of the \(Check.name) \(problem)"
    }
}

/// The fields of a line, with one blank between two of them, each in the one spelling that it has.
struct DrawLineFields {
    /// The whole line.
    let line: UnsafeRawBufferPointer
    private var position = 0

    init(_ line: UnsafeRawBufferPointer) { self.line = line }

    /// Whether nothing is left.
    var isAtEnd: Bool { position == line.count }

    /// Takes the word that the last line begins with.
    mutating func takeEnd() -> Bool {
        guard line.count >= 3, line[0] == UInt8(ascii: "e"), line[1] == UInt8(ascii: "n"), line[2] == UInt8(ascii: "d")
        else { return false }
        position = 3
        return true
    }

    /// Takes a whole number of at most sixteen digits, without a sign or a leading zero.
    mutating func takeNumber() -> Int64? {
        guard takeBlank() else { return nil }
        let start = position
        var number: Int64 = 0
        while position < line.count, position - start < 17 {
            let digit = line[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            number = number * 10 + Int64(digit)
            position += 1
        }
        let length = position - start
        guard (1...16).contains(length), line[start] != UInt8(ascii: "0") || length == 1 else { return nil }
        return number
    }

    /// Takes 64 hexadecimal digits.
    mutating func takeDigest() -> DrawDigest? {
        guard takeBlank(), line.count - position >= 2 * DrawDigest.byteCount else { return nil }
        let end = position + 2 * DrawDigest.byteCount
        defer { position = end }
        return DrawDigest(digits: UnsafeRawBufferPointer(rebasing: line[position..<end]))
    }

    /// Takes the rest of the line, which has to be one of some words.
    mutating func takeRest(oneOf words: [[UInt8]]) -> Bool {
        guard takeBlank() else { return false }
        let rest = UnsafeRawBufferPointer(rebasing: line[position...])
        position = line.count
        return words.contains { word in word.count == rest.count && word.elementsEqual(rest) }
    }

    /// Takes the blank before a field that is not the line's first.
    private mutating func takeBlank() -> Bool {
        guard position > 0 else { return true }
        guard position < line.count, line[position] == UInt8(ascii: " ") else { return false }
        position += 1
        return true
    }
}

@available(*, unavailable)
extension DrawLineFields: Sendable {}
