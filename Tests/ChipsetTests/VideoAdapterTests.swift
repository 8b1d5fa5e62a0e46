import Chipset
import Testing

/// Registers of the VGA that a text mode needs.
struct VideoAdapterTests {
    @Test func modeThree() {
        let video = VideoAdapter()
        #expect(video.columns == 80)
        #expect(video.rows == 25)
        #expect(video.characterHeight == 16)
        #expect(video.startCell == 0 && video.cursorCell == 0)
        #expect(video.isCursorVisible)
    }

    @Test func cursorAndStart() {
        var video = VideoAdapter()
        for (index, value) in [(0x0C, 0x01), (0x0D, 0x40), (0x0E, 0x02), (0x0F, 0x83)] as [(UInt8, UInt8)] {
            video.write(0x14, index)
            video.write(0x15, value)
            #expect(video.read(0x15, at: 0) == value)
        }
        #expect(video.startCell == 0x140)
        #expect(video.cursorCell == 0x283)
    }

    /// Cursor start and end registers, and whether the cursor shows.
    @Test(
        arguments: [(UInt8(0x0D), UInt8(0x0E), true), (0x2D, 0x0E, false), (0x0F, 0x0E, false)]
            as [(UInt8, UInt8, Bool)])
    func cursorShape(start: UInt8, end: UInt8, visible: Bool) {
        var video = VideoAdapter()
        for (index, value) in [(0x0A, start), (0x0B, end)] as [(UInt8, UInt8)] {
            video.write(0x14, index)
            video.write(0x15, value)
        }
        #expect(video.isCursorVisible == visible)
    }

    /// Index and data offsets of a bank, an index that is there and one that is not.
    @Test(
        arguments: [(UInt16(0x14), UInt16(0x15), UInt8(0x0C), UInt8(0x40)), (0x04, 0x05, 1, 5), (0x0E, 0x0F, 6, 9)]
            as [(UInt16, UInt16, UInt8, UInt8)])
    func banks(index: UInt16, data: UInt16, present: UInt8, absent: UInt8) {
        var video = VideoAdapter()
        video.write(index, present)
        video.write(data, 0xA5)
        #expect(video.read(index, at: 0) == present)
        #expect(video.read(data, at: 0) == 0xA5)
        video.write(index, absent)
        video.write(data, 0xA5)
        #expect(video.read(data, at: 0) == 0)
    }

    @Test func registers0To7CanBeProtected() {
        var video = VideoAdapter()
        video.write(0x14, 1)
        video.write(0x15, 39)
        #expect(video.columns == 80)
        video.write(0x14, 0x11)
        video.write(0x15, 0x0E)
        video.write(0x14, 1)
        video.write(0x15, 39)
        #expect(video.columns == 40)
    }

    @Test func theAttributePortTakesIndexAndDataInTurn() {
        var video = VideoAdapter()
        _ = video.read(0x1A, at: 0)
        video.write(0x00, 0x10)
        video.write(0x00, 0x55)
        #expect(video.read(0x01, at: 0) == 0x55)
        video.write(0x00, 0x11)
        _ = video.read(0x1A, at: 0)
        video.write(0x00, 0x10)
        #expect(video.read(0x00, at: 0) == 0x10)
    }

    @Test func thePaletteCountsOn() {
        var video = VideoAdapter()
        video.write(0x08, 255)
        for value in [1, 2, 3, 0x44] as [UInt8] { video.write(0x09, value) }
        video.write(0x07, 255)
        #expect((0..<4).map { _ in video.read(0x09, at: 0) } == [1, 2, 3, 4])
    }

    @Test(
        arguments: [(UInt64(0), UInt8(0)), (1, 1), (799, 1), (800, 1), (824, 9), (828, 1), (898, 0)]
            as [(UInt64, UInt8)])
    func retrace(tick: UInt64, status: UInt8) {
        var video = VideoAdapter()
        #expect(video.read(0x1A, at: tick) == status)
    }
}
