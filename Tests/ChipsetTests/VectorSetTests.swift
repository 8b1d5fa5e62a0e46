import Chipset
import Testing

/// 256-bit sets as IRR, ISR and TMR show them.
struct VectorSetTests {
    @Test(arguments: [UInt8(0), 1, 31, 32, 63, 64, 127, 128, 191, 192, 254, 255])
    func oneVector(vector: UInt8) {
        var set = VectorSet()
        #expect(set.highest == nil)
        set[vector] = true
        #expect(set[vector])
        #expect(set.highest == vector)
        for index in UInt8(0)..<8 {
            #expect(set.doubleword(index) == (index == vector / 32 ? 1 << UInt32(vector % 32) : 0))
        }
        set[vector] = false
        #expect(set == VectorSet())
    }

    @Test func highestOfAll() {
        var set = VectorSet()
        for vector in UInt8.min...UInt8.max {
            set[vector] = true
            #expect(set.highest == vector)
        }
    }
}
