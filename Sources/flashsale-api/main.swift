import Assembly
import Foundation

exit(await APIProgram.main())
