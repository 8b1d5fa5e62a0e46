import IA32
import Testing

/// The transcendental functions against values computed with 400 bits and rounded to nearest. The angles of the
/// trigonometric functions were reduced by the 66-bit value of pi (SDM Vol. 1 8.3.8 "Approximation of Pi").
struct TranscendentalTests {
    enum Function: Sendable {
        case sine, cosine, tangent, arctangent, logarithm, logarithmPlusOne, exponential
    }

    struct Row: Sendable {
        let function: Function
        let x: ExtendedReal
        let y: ExtendedReal
        let expected: ExtendedReal

        init(_ function: Function, x: (UInt16, UInt64), y: (UInt16, UInt64), _ expected: (UInt16, UInt64)) {
            self.function = function
            self.x = ExtendedReal(signExponent: x.0, significand: x.1)
            self.y = ExtendedReal(signExponent: y.0, significand: y.1)
            self.expected = ExtendedReal(signExponent: expected.0, significand: expected.1)
        }
    }

    static let rows: [Row] = [
        Row(.sine, x: (0x3FCD, 0xD351D2286513270E), y: (0x0, 0x0), (0x3FCD, 0xD351D2286513270E)),
        Row(.sine, x: (0xBFEC, 0x8C0C7408892F902B), y: (0x0, 0x0), (0xBFEC, 0x8C0C740888BFCB07)),
        Row(.sine, x: (0x3FFE, 0xC0F3A77AE8E25D94), y: (0x0, 0x0), (0x3FFE, 0xAF31D903546F7049)),
        Row(.sine, x: (0xBFFF, 0xB586AA4D6F03675A), y: (0x0, 0x0), (0xBFFE, 0xFD062DA3058EDFDC)),
        Row(.sine, x: (0xC000, 0xB656A5138D116ECE), y: (0x0, 0x0), (0xBFFD, 0x93A9057AA5E09D12)),
        Row(.sine, x: (0x4003, 0xF946082E1FB17C23), y: (0x0, 0x0), (0xBFFD, 0x8201D7340A5473B1)),
        Row(.sine, x: (0x401A, 0xF94E86D4953F48F1), y: (0x0, 0x0), (0xBFFE, 0xF9A5723376A68765)),
        Row(.sine, x: (0x4036, 0x8658F14E658CDA14), y: (0x0, 0x0), (0x3FFC, 0x91415F726CBC9398)),
        Row(.sine, x: (0xC03D, 0x910BDF56DBC496CB), y: (0x0, 0x0), (0x3FFE, 0x893966139266FE29)),
        Row(.sine, x: (0x4000, 0xC90FDAA22168C235), y: (0x0, 0x0), (0xBFBF, 0x8000000000000000)),
        Row(.sine, x: (0x3FFF, 0xC90FDAA22168C234), y: (0x0, 0x0), (0x3FFF, 0x8000000000000000)),
        Row(.cosine, x: (0xBFCC, 0x8F13D0E08A6A63EC), y: (0x0, 0x0), (0x3FFF, 0x8000000000000000)),
        Row(.cosine, x: (0x3FF4, 0x97220AC5AE97BA94), y: (0x0, 0x0), (0x3FFE, 0xFFFFFD3636976B2C)),
        Row(.cosine, x: (0x3FFD, 0x980C2862A38FD547), y: (0x0, 0x0), (0x3FFE, 0xF4CB5ECE9642D1F4)),
        Row(.cosine, x: (0xC000, 0x8809781BB64CE422), y: (0x0, 0x0), (0xBFFE, 0x86D997908D5AB108)),
        Row(.cosine, x: (0xC002, 0xBF8A829234B9B5DF), y: (0x0, 0x0), (0x3FFE, 0xD3FF87F8ADEA3223)),
        Row(.cosine, x: (0xC00B, 0xBB98D788506BF2EF), y: (0x0, 0x0), (0xBFFE, 0xE344D7CAD90A8A1E)),
        Row(.cosine, x: (0x4025, 0xA65EC3D65C90A958), y: (0x0, 0x0), (0x3FFE, 0xFEBB45BC7803D1A5)),
        Row(.cosine, x: (0x4039, 0xE3D17510B2F14C94), y: (0x0, 0x0), (0x3FFE, 0xD9F3F07B3D488A42)),
        Row(.cosine, x: (0xC03D, 0xC339A3904CDD2055), y: (0x0, 0x0), (0x3FFD, 0xA2475F648487DE8D)),
        Row(.cosine, x: (0x4000, 0xC90FDAA22168C235), y: (0x0, 0x0), (0xBFFF, 0x8000000000000000)),
        Row(.cosine, x: (0x3FFF, 0xC90FDAA22168C234), y: (0x0, 0x0), (0x3FBF, 0xC000000000000000)),
        Row(.tangent, x: (0x3FD2, 0xB973661DBABCED20), y: (0x0, 0x0), (0x3FD2, 0xB973661DBABCED20)),
        Row(.tangent, x: (0x3FF4, 0x8F1CC78812BD4ACE), y: (0x0, 0x0), (0x3FF4, 0x8F1CC8769B84A4CF)),
        Row(.tangent, x: (0xBFFE, 0x93743AAA5790F82E), y: (0x0, 0x0), (0xBFFE, 0xA642B53E3868419A)),
        Row(.tangent, x: (0xC000, 0xD58818E8F646E1F4), y: (0x0, 0x0), (0xBFFC, 0xCA142DB4E6FD8C45)),
        Row(.tangent, x: (0x4000, 0xE50109AF92B1D3F2), y: (0x0, 0x0), (0x3FFD, 0xEEE9E91286576B5E)),
        Row(.tangent, x: (0xC008, 0xCC144FE659A54A7B), y: (0x0, 0x0), (0x3FFE, 0x8AC34B0C6D59E52F)),
        Row(.tangent, x: (0x4022, 0x88CD396874C9DF6A), y: (0x0, 0x0), (0x3FFE, 0xCD6EB0D2244FF8BE)),
        Row(.tangent, x: (0x4037, 0xD938ACA2795E8229), y: (0x0, 0x0), (0xBFFE, 0x9F0529AA659B8EDE)),
        Row(.tangent, x: (0xC03D, 0xA7A136E5B394FB36), y: (0x0, 0x0), (0xBFFF, 0xB3267A809508AE4C)),
        Row(.tangent, x: (0x4000, 0xC90FDAA22168C235), y: (0x0, 0x0), (0x3FBF, 0x8000000000000000)),
        Row(.tangent, x: (0x3FFF, 0xC90FDAA22168C234), y: (0x0, 0x0), (0x403E, 0xAAAAAAAAAAAAAAAB)),
        Row(.exponential, x: (0x3FD7, 0xE934D4D2AE658F33), y: (0x0, 0x0), (0x3FD7, 0xA1A57681F1055A06)),
        Row(.exponential, x: (0xBFF9, 0xF18A894462C33A4F), y: (0x0, 0x0), (0xBFF9, 0xA5B96C8CDFA127B0)),
        Row(.exponential, x: (0xBFFC, 0xAD7FD9147631A992), y: (0x0, 0x0), (0xBFFB, 0xE2EF44B2AF53F0FC)),
        Row(.exponential, x: (0x3FFD, 0x878BD1807E62AA0A), y: (0x0, 0x0), (0x3FFC, 0xCE409CAAB616FB37)),
        Row(.exponential, x: (0x3FFE, 0xDE82B0F3211C70CF), y: (0x0, 0x0), (0x3FFE, 0xD39DCBC99C132C27)),
        Row(.exponential, x: (0xBFFE, 0xEF8AC158EAB477D2), y: (0x0, 0x0), (0xBFFD, 0xF4558E0B4A1036F5)),
        Row(.logarithm, x: (0x2145, 0x954B7D8D14A0F9E7), y: (0xC002, 0xF112B8AC4720771F), (0x400F, 0xE7791DC33F2D874A)),
        Row(.logarithm, x: (0x3FFC, 0xB71B5558D1BC52D9), y: (0xC003, 0xFE448DA56A50DF4D), (0x4005, 0x9DDDAA9C8F713E8B)),
        Row(.logarithm, x: (0x3FFE, 0xF12D3B02AEC6F024), y: (0x4001, 0x8A9F3E1526A2C0BD), (0xBFFD, 0xBEDCC1C9E0C96CBD)),
        Row(.logarithm, x: (0x3FFF, 0x9DB0C33B26BB7DBD), y: (0xBFFE, 0xCB68662FD4C28C2E), (0xBFFC, 0xF4DD1E23C9D01CF5)),
        Row(.logarithm, x: (0x4000, 0xA4164E5E43435CC5), y: (0xBFFB, 0xAF43B37688DAF401), (0xBFFB, 0xEE109EA1359DAE26)),
        Row(.logarithm, x: (0x6709, 0xA8C8447A90FBBD11), y: (0x3FFD, 0xF9A0F03D83F73F16), (0x400B, 0x9846A1F85B841A85)),
        Row(.logarithm, x: (0x3FFE, 0xFFFFFFFFFFFFFFFF), y: (0xBFFB, 0xE3D60A48DEF88334), (0x3FBC, 0xA459582E58435A91)),
        Row(.logarithm, x: (0x3FFF, 0x8000000000000001), y: (0xC003, 0xB272865666237A04), (0xBFC5, 0x80B8F9D888489901)),
        Row(
            .logarithmPlusOne, x: (0xBFBC, 0x87F7BC9466836886), y: (0xBFFE, 0xB86676183571810A),
            (0x3FBC, 0x8D4BF16D891C58A4)),
        Row(
            .logarithmPlusOne, x: (0xBFBE, 0x86BACC2E99C94309), y: (0xBFFC, 0xC4AFEBD926B94C7F),
            (0x3FBC, 0x9556D8360A3BD434)),
        Row(
            .logarithmPlusOne, x: (0x3FEE, 0x83439CFD9D1DE2A0), y: (0x3FFC, 0xB02848A59D33A01C),
            (0x3FEC, 0x824F8224C0840BA1)),
        Row(
            .logarithmPlusOne, x: (0x3FEF, 0xAC7742B8F4998D7C), y: (0xC000, 0xECA9F7131D87CEC3),
            (0xBFF1, 0xE60514F265568156)),
        Row(
            .logarithmPlusOne, x: (0x3FFC, 0xBD7D9634774B15D7), y: (0xC002, 0x8D147BD924E4E25A),
            (0xC000, 0x8A3A8635FC816BC5)),
        Row(
            .logarithmPlusOne, x: (0x3FFC, 0xEA17EEDD7A86F7A2), y: (0x3FFD, 0xF9B9E5293488F876),
            (0x3FFC, 0x94595A117CC2EBA4)),
        Row(
            .logarithmPlusOne, x: (0x3FFD, 0xD85422722587BE6B), y: (0x4003, 0xC3991712C215A82A),
            (0x4002, 0xC6E6E74E423175B4)),
        Row(
            .logarithmPlusOne, x: (0x3FFD, 0xD24B1B51FA7F0EAB), y: (0x3FFC, 0xC25AD40C42D87208),
            (0x3FFB, 0xC0F8B03121EF38DC)),
        Row(
            .arctangent, x: (0x3FFF, 0xE2CEDC8B5B0EE76F), y: (0x3ED3, 0xC0586045C7702420), (0x3ED2, 0xD919FE19D061E637)),
        Row(
            .arctangent, x: (0x3FFF, 0xE7DF99B09CFC8652), y: (0x3FC3, 0xB349A01BD17E4497), (0x3FC2, 0xC5F14C8E3FC738A1)),
        Row(
            .arctangent, x: (0xBFFF, 0xAD8312C77E26F36A), y: (0x3FF6, 0xA3C3FC9DCA44EB86), (0x4000, 0xC8F1A6CC92FFA981)),
        Row(
            .arctangent, x: (0xBFFF, 0xCD753214B1491E24), y: (0xBFFB, 0xDC8F74F2EFE09F07), (0xC000, 0xC4C63A5ACD1B64D3)),
        Row(
            .arctangent, x: (0x3FFF, 0x8A4F12CD5D58C705), y: (0xBFFC, 0x992DAAEE78572976), (0xBFFC, 0x8CDDA857CE8DA6E4)),
        Row(
            .arctangent, x: (0xBFFF, 0xFE1CA3929FC2D0A1), y: (0xBFFE, 0xAC086B07A72991B9), (0xC000, 0xB42C40201DE440EF)),
        Row(
            .arctangent, x: (0x3FFF, 0xF47393C41EB20109), y: (0x3FFF, 0x99834C50C0093492), (0x3FFE, 0x8F8D0C141DDAA5E1)),
        Row(
            .arctangent, x: (0x3FFF, 0xE50263CF6F15B6AD), y: (0xC000, 0xFC5F4418F237E45A), (0xBFFF, 0x928AB8E5B911E0A0)),
        Row(
            .arctangent, x: (0xBFFF, 0xF930A4F6BE4C5CE6), y: (0x4001, 0xFF1E4E472B855C1F), (0x3FFF, 0xE7B7E7F04990AA6F)),
        Row(
            .arctangent, x: (0xBFFF, 0xF3D23184973F7986), y: (0x4004, 0xCE4808F7256BADF9), (0x3FFF, 0xCDC9A78E48EC3E41)),
        Row(
            .arctangent, x: (0x3FFF, 0x93F4F03759B44E92), y: (0xC03B, 0xFC462115CCA2A92B), (0xBFFF, 0xC90FDAA22168C230)),
        Row(
            .arctangent, x: (0x3FFF, 0x91D2F7C4EF02090B), y: (0x412B, 0xE9BF748A31DEC4F4), (0x3FFF, 0xC90FDAA22168C235)),
    ]

    @Test(arguments: rows) func isCorrectlyRounded(_ row: Row) {
        var work = RealArithmetic(control: 0x37F)
        let (x, y) = (RealOperand(row.x), RealOperand(row.y))
        let result =
            switch row.function {
            case .sine: work.sine(x)
            case .cosine: work.cosine(x)
            case .tangent: work.tangent(x)
            case .arctangent: work.arctangent(y, x)
            case .logarithm: work.multiplyLogarithm(y, x)
            case .logarithmPlusOne: work.multiplyLogarithmPlusOne(y, x)
            case .exponential: work.exponentialMinusOne(x)
            }
        #expect(result == row.expected)
        #expect(work.flags == StatusWord.precision)
    }

    @Test(arguments: [(63, true), (62, false)] as [(Int, Bool)]) func range(_ power: Int, _ isOut: Bool) {
        let value = ExtendedReal(signExponent: UInt16(ExtendedReal.bias + power), significand: 1 << 63)
        #expect(RealArithmetic.isOutOfRange(RealOperand(value)) == isOut)
    }
}
