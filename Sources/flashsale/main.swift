import FlashSaleAdmin
import Foundation

exit(await FlashSaleCommand.execute(Array(CommandLine.arguments.dropFirst())))
