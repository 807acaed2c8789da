import ArgumentParser

/// How a command that prints data prints it.
struct OutputOptions: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print one JSON document instead of text.")
    var isJSON = false

    /// Prints the one or the other to standard output.
    func print(json: @autoclosure () -> JSONOutput, text: @autoclosure () -> String) {
        Console.standardOutput.write(isJSON ? json().rendered : text())
    }
}
