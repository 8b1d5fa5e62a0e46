/// Every micro-operation. A digit is the operand width; R, M and I name register, memory and immediate operands,
/// destination first.
///
/// The order matters: operations from `firstTerminator` on end a block, those from `invalidOpcode` on are executed
/// with the state synchronised (`Core.synchronise`). The binary operations lie in blocks of 15: width, then form.
enum Operation: UInt16 {
    case add8RR, add8RM, add8MR, add8RI, add8MI, add16RR, add16RM, add16MR, add16RI, add16MI, add32RR, add32RM
    case add32MR, add32RI, add32MI, or8RR, or8RM, or8MR, or8RI, or8MI, or16RR, or16RM, or16MR, or16RI, or16MI
    case or32RR, or32RM, or32MR, or32RI, or32MI, adc8RR, adc8RM, adc8MR, adc8RI, adc8MI, adc16RR, adc16RM, adc16MR
    case adc16RI, adc16MI, adc32RR, adc32RM, adc32MR, adc32RI, adc32MI, sbb8RR, sbb8RM, sbb8MR, sbb8RI, sbb8MI
    case sbb16RR, sbb16RM, sbb16MR, sbb16RI, sbb16MI, sbb32RR, sbb32RM, sbb32MR, sbb32RI, sbb32MI, and8RR, and8RM
    case and8MR, and8RI, and8MI, and16RR, and16RM, and16MR, and16RI, and16MI, and32RR, and32RM, and32MR, and32RI
    case and32MI, sub8RR, sub8RM, sub8MR, sub8RI, sub8MI, sub16RR, sub16RM, sub16MR, sub16RI, sub16MI, sub32RR
    case sub32RM, sub32MR, sub32RI, sub32MI, xor8RR, xor8RM, xor8MR, xor8RI, xor8MI, xor16RR, xor16RM, xor16MR
    case xor16RI, xor16MI, xor32RR, xor32RM, xor32MR, xor32RI, xor32MI, compare8RR, compare8RM, compare8MR
    case compare8RI, compare8MI, compare16RR, compare16RM, compare16MR, compare16RI, compare16MI, compare32RR
    case compare32RM, compare32MR, compare32RI, compare32MI, test8RR, test8RM, test8MR, test8RI, test8MI, test16RR
    case test16RM, test16MR, test16RI, test16MI, test32RR, test32RM, test32MR, test32RI, test32MI, move8RR
    case move8RM, move8MR, move8RI, move8MI, move16RR, move16RM, move16MR, move16RI, move16MI, move32RR, move32RM
    case move32MR, move32RI, move32MI, increment8R, increment8M, increment16R, increment16M, increment32R
    case increment32M, decrement8R, decrement8M, decrement16R, decrement16M, decrement32R, decrement32M, not8R
    case not8M, not16R, not16M, not32R, not32M, negate8R, negate8M, negate16R, negate16M, negate32R, negate32M
    case zeroExtend8To16R, zeroExtend8To16M, zeroExtend8To32R, zeroExtend8To32M, zeroExtend16To32R
    case zeroExtend16To32M, signExtend8To16R, signExtend8To16M, signExtend8To32R, signExtend8To32M
    case signExtend16To32R, signExtend16To32M, loadAddress16, loadAddress32, push16R, push16I, push16M, pop16R
    case pop16M, push32R, push32I, push32M, pop32R, pop32M, pushSegment, pushAll, popAll, pushFlags, enter, leave
    case shiftLeft32RI, shiftRight32RI, shiftArithmetic32RI, rotateLeft32RI, rotateRight32RI, shift8R, shift8M
    case shift16R, shift16M, shift32R, shift32M, shiftDouble16R, shiftDouble16M, shiftDouble32R, shiftDouble32M
    case multiply8R, multiplySigned8R, divide8R, divideSigned8R, multiply8M, multiplySigned8M, divide8M
    case divideSigned8M, multiply16R, multiplySigned16R, divide16R, divideSigned16R, multiply16M
    case multiplySigned16M, divide16M, divideSigned16M, multiply32R, multiplySigned32R, divide32R, divideSigned32R
    case multiply32M, multiplySigned32M, divide32M, divideSigned32M, multiplyInto16R, multiplyImmediate16R
    case multiplyInto16M, multiplyImmediate16M, multiplyInto32R, multiplyImmediate32R, multiplyInto32M
    case multiplyImmediate32M, exchange8R, compareExchange8R, exchangeAdd8R, exchange8M, compareExchange8M
    case exchangeAdd8M, exchange16R, compareExchange16R, exchangeAdd16R, exchange16M, compareExchange16M
    case exchangeAdd16M, exchange32R, compareExchange32R, exchangeAdd32R, exchange32M, compareExchange32M
    case exchangeAdd32M, bitTest16RR, bitTest16RI, bitTest16MR, bitTest16MI, bitScanForward16R, bitScanReverse16R
    case conditionalMove16R, bitScanForward16M, bitScanReverse16M, conditionalMove16M, bitTest32RR, bitTest32RI
    case bitTest32MR, bitTest32MI, bitScanForward32R, bitScanReverse32R, conditionalMove32R, bitScanForward32M
    case bitScanReverse32M, conditionalMove32M, setConditionR, setConditionM, byteSwap32, byteSwap16
    case compareExchange8Bytes, convertByteToWord, convertWordToDouble, convertWordToPair, convertDoubleToPair
    case loadFlagsToAH, storeAHToFlags, complementCarry, clearCarry, setCarry, clearDirection, setDirection
    case setALFromCarry, decimalAdjustAdd, decimalAdjustSubtract, asciiAdjustAdd, asciiAdjustSubtract
    case asciiAdjustMultiply, asciiAdjustDivide, translateByte, bound, adjustRPL, moveFromSegmentR
    case moveFromSegmentM, moveToDataSegment, popDataSegment, loadFarPointer, noOperation, wait
    case storeTableRegister, inspectSelector, storeMachineStatus, readControl, readDebug, identify, readTimeStamp
    case escapeD8, escapeD9, escapeDA, escapeDB, escapeDC, escapeDD, escapeDE, escapeDF
    case jumpIfOverflow, jumpIfNotOverflow, jumpIfBelow, jumpIfNotBelow, jumpIfZero, jumpIfNotZero
    case jumpIfBelowOrEqual, jumpIfAbove, jumpIfSign, jumpIfNotSign, jumpIfParity, jumpIfNotParity, jumpIfLess
    case jumpIfNotLess, jumpIfLessOrEqual, jumpIfGreater, jumpIf16, jumpRelative, jumpRelative16, jump32R, jump32M
    case jump16R, jump16M, callRelative, callRelative16, call32R, call32M, call16R, call16M, return32, return16
    case loop, moveString8, moveString16, moveString32, storeString8, storeString16, storeString32, loadString8
    case loadString16, loadString32, compareString8, compareString16, compareString32, scanString8, scanString16
    case scanString32, inputString8, inputString16, inputString32, outputString8, outputString16, outputString32
    case portIn, portOut, invalidOpcode, tooLong, farJumpImmediate
    case farCallImmediate, farJumpM, farCallM, farReturn, interruptReturn, softwareInterrupt, breakpoint
    case interruptOnOverflow, popFlags, clearInterrupt, setInterrupt, moveToStackSegment, popStackSegment
    case loadStackPointer, halt, writeControl, writeDebug, loadMachineStatus, clearTaskSwitched, invalidateCache
    case invalidatePage, loadDescriptorTable, loadSystemSegment, debugInterrupt, systemExtension

    static let count = 420
    static let firstTerminator = Operation.jumpIfOverflow
}
