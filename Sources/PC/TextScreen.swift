import Chipset
import IA32

/// What a VGA in a text mode shows.
public struct TextScreen: Sendable, Equatable {
    /// The rows from the top, each with all its columns.
    public let rows: [String]
    /// Row and column of the cursor from 0; nil if it is off or not on the screen.
    public let cursor: (row: Int, column: Int)?
    /// Attribute bytes by row, in the order of the characters.
    public let attributes: [[UInt8]]

    /// The rows without the spaces that end them, and without the empty rows at the bottom.
    public var text: String {
        var lines = rows.map { row in String(row.reversed().drop { $0 == " " }.reversed()) }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n")
    }

    /// True if both show the same.
    public static func == (left: TextScreen, right: TextScreen) -> Bool {
        left.rows == right.rows && left.attributes == right.attributes && left.cursor?.row == right.cursor?.row
            && left.cursor?.column == right.cursor?.column
    }
}

extension Machine {
    private static let textMemory: UInt64 = 0xB8000
    private static let textCells = 0x4000

    /// The text screen: memory at B8000h as the CRT controller shows it. Reading it changes nothing.
    public var screen: TextScreen {
        let video = state.devices.video
        var rows: [String] = []
        var attributes: [[UInt8]] = []
        for row in 0..<video.rows {
            var text = ""
            var colours: [UInt8] = []
            for column in 0..<video.columns {
                let cell = (video.startCell + row * video.columns + column) % Machine.textCells
                let address = PhysicalAddress(Machine.textMemory + UInt64(cell) * 2)
                let word = memory.readWord(at: address)
                text.append(CodePage437.character(UInt8(word & 0xFF)))
                colours.append(UInt8(word >> 8))
            }
            rows.append(text)
            attributes.append(colours)
        }
        return TextScreen(rows: rows, cursor: cursor(video), attributes: attributes)
    }

    private func cursor(_ video: VideoAdapter) -> (row: Int, column: Int)? {
        let cell = video.cursorCell - video.startCell
        guard video.isCursorVisible, cell >= 0, cell < video.rows * video.columns else { return nil }
        return (cell / video.columns, cell % video.columns)
    }
}

/// The character generator of a VGA: code page 437.
enum CodePage437 {
    private static let low = Array(" ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼")
    private static let high = Array(
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧"
            + "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ")

    /// The character of a code; 0, 20h and FFh are spaces.
    static func character(_ code: UInt8) -> Character {
        switch code {
        case 0..<0x20: low[Int(code)]
        case 0x7F: "⌂"
        case 0x80...: high[Int(code) - 0x80]
        default: Character(Unicode.Scalar(code))
        }
    }
}
