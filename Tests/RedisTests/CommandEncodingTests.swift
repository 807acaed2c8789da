import NIOCore
import Testing

@testable import Redis

@Suite("Commands on the wire")
struct CommandEncodingTests {
    private func wire(_ command: RedisCommand) -> String {
        var buffer = ByteBuffer()
        buffer.writeCommand(command)
        return String(buffer: buffer)
    }

    @Test("name, key and arguments, in this order, each with its length")
    func orderAndLengths() {
        #expect(wire(RedisCommand("PING")) == "*1\r\n$4\r\nPING\r\n")
        #expect(
            wire(RedisCommand("SET", key: "line", ["käse", "EX", 60]))
                == "*5\r\n$3\r\nSET\r\n$4\r\nline\r\n$5\r\nkäse\r\n$2\r\nEX\r\n$2\r\n60\r\n"
        )
        #expect(
            wire(RedisCommand("MSET", keys: ["a", "b"], [""])) == "*4\r\n$4\r\nMSET\r\n$1\r\na\r\n$1\r\nb\r\n$0\r\n\r\n"
        )
    }

    @Test(
        "integers of any size and sign",
        arguments: [
            (RedisArgument(0), "0"), (RedisArgument(9), "9"), (RedisArgument(10), "10"), (RedisArgument(-1), "-1"),
            (RedisArgument(-10), "-10"), (RedisArgument(Int64.max), "9223372036854775807"),
            (RedisArgument(Int64.min), "-9223372036854775808"), (RedisArgument(UInt64.max), "18446744073709551615"),
        ]
    )
    func integers(argument: RedisArgument, digits: String) {
        #expect(wire(RedisCommand("X", [argument])) == "*2\r\n$1\r\nX\r\n$\(digits.count)\r\n\(digits)\r\n")
    }

    @Test("line ends and zero bytes are carried as they are")
    func binary() {
        var buffer = ByteBuffer()
        buffer.writeCommand(RedisCommand("ECHO", [RedisArgument([0x0D, 0x0A, 0x00, 0xFF])]))
        #expect(
            Array(buffer.readableBytesView)
                == Array("*2\r\n$4\r\nECHO\r\n$4\r\n".utf8) + [0x0D, 0x0A, 0x00, 0xFF, 0x0D, 0x0A]
        )
    }

    @Test("a script is called by its SHA-1, or sent as source, with the number of its keys")
    func scripts() {
        let script = RedisScript(name: "one", source: "return 1")
        let sha1 = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"
        #expect(script.sha1 == sha1)
        #expect(
            wire(RedisCommand(head: .cachedScript(script), keys: ["k"], arguments: [7]))
                == "*5\r\n$7\r\nEVALSHA\r\n$40\r\n\(sha1)\r\n$1\r\n1\r\n$1\r\nk\r\n$1\r\n7\r\n"
        )
        #expect(
            wire(RedisCommand(head: .scriptSource(script), keys: [], arguments: []))
                == "*3\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n0\r\n"
        )
    }
}
