// Calls and jumps through call gates (SDM Vol. 3A 5.8.3 "Call Gates", 5.8.4 "Accessing a Code Segment Through a Call Gate").

/// What a call gate that may be used leads to.
struct CallGate {
    var code: CodeSegment
    var eip: UInt32
    /// A 32-bit gate: it, not the operand size, says how wide the pushes are.
    var is32: Bool
    /// Words or doublewords to copy to the inner stack.
    var parameterCount: UInt32
}

extension Core {
    /// The checks on the gate and on the code segment that it names. Throws #GP, #NP with the failing selector.
    func callGate(_ gate: CodeSegment, isJump: Bool) throws(Fault) -> CallGate {
        try requireGateAccess(gate)
        // SDM Vol. 2A "CALL", CALL-GATE: the code segment selector in the gate.
        let code = try transferDescriptor(Selector(gate.entry.gateSelector))
        let cpl = s.pointee.cpl
        // 5.8.4, Table 5-1: a JMP cannot change the privilege level; a CALL can raise it.
        let mayBeInner = !isJump || code.entry.isConforming
        guard code.entry.isCode, code.entry.dpl <= cpl, mayBeInner || code.entry.dpl == cpl else {
            throw .protection(code.selector.errorCode)
        }
        guard code.entry.isPresent else { throw .notPresent(code.selector.errorCode) }
        let is32 = gate.entry.type == SystemType.callGate32
        return CallGate(
            code: code, eip: is32 ? gate.entry.gateOffset : gate.entry.gateOffset & 0xFFFF, is32: is32,
            parameterCount: gate.entry.gateParameterCount)
    }

    /// Call and task gates: CPL and RPL do not exceed the gate's DPL, else #GP(gate); present, else #NP(gate)
    /// (SDM Vol. 3A 5.8.4, 7.2.5 "Task-Gate Descriptor").
    func requireGateAccess(_ gate: CodeSegment) throws(Fault) {
        guard s.pointee.cpl <= gate.entry.dpl, gate.selector.rpl <= gate.entry.dpl else {
            throw .protection(gate.selector.errorCode)
        }
        guard gate.entry.isPresent else { throw .notPresent(gate.selector.errorCode) }
    }

    /// JMP through a call gate: no stack is involved.
    func jumpThroughGate(_ target: CodeSegment) throws(Fault) {
        let gate = try callGate(target, isJump: true)
        try requireInside(gate.code, gate.eip)
        try setAccessed(gate.code.entry, at: gate.code.address)
        enterCode(gate.code, gate.eip, level: s.pointee.cpl)
    }

    /// CALL through a call gate, to the same or an inner level.
    func callThroughGate(_ target: CodeSegment) throws(Fault) {
        let gate = try callGate(target, isJump: false)
        if !gate.code.entry.isConforming, gate.code.entry.dpl < s.pointee.cpl { return try callInner(gate) }
        try callSameLevel(gate.code, gate.eip, is32: gate.is32)
    }

    /// SDM Vol. 3A 5.8.5 "Stack Switching", steps 1 to 8; Vol. 2A "CALL", MORE-PRIVILEGE.
    private func callInner(_ gate: CallGate) throws(Fault) {
        let level = gate.code.entry.dpl
        // Steps 1 to 3: the inner stack pointer from the TSS, the checks on its segment: #TS, #SS.
        var stack = try newStack(level: level)
        // Room for SS, ESP, the parameters, CS, EIP, else #SS(new SS).
        let width: UInt32 = gate.is32 ? 4 : 2
        try requireRoom(stack, bytes: (gate.parameterCount + 4) * width, itemBytes: width)
        try requireInside(gate.code, gate.eip)
        let parameters = try gateParameters(gate)
        try setAccessed(gate.code.entry, at: gate.code.address)
        // Point of no return. Steps 4 to 7: old SS:ESP, parameters, return address.
        try push(UInt32(segment(.ss).pointee.selector), on: &stack, is32: gate.is32)
        try push(read32(GeneralRegister.esp.rawValue), on: &stack, is32: gate.is32)
        var index = Int(gate.parameterCount)
        while index > 0 {
            index -= 1
            try push(parameters[index], on: &stack, is32: gate.is32)
        }
        try push(UInt32(segment(.cs).pointee.selector), on: &stack, is32: gate.is32)
        try push(s.pointee.eip, on: &stack, is32: gate.is32)
        // Step 8: the new stack, CS:EIP and CPL.
        adopt(stack)
        enterCode(gate.code, gate.eip, level: level)
    }

    /// The caller's parameters, the one at the top of its stack first. Throws #SS(0), #PF.
    private func gateParameters(_ gate: CallGate) throws(Fault) -> InlineArray<32, UInt32> {
        var values = InlineArray<32, UInt32>(repeating: 0)
        let width: Int32 = gate.is32 ? 4 : 2
        for index in 0..<Int(gate.parameterCount) {
            values[index] = try loadStack(stackOffset(-Int32(index) * width), is32: gate.is32)
        }
        return values
    }

    /// Pushes a word of the width of the gate or operand on a stack that `requireRoom` accepted.
    func push(_ value: UInt32, on stack: inout NewStack, is32: Bool) throws(Fault) {
        if is32 { return try push32(value, on: &stack) }
        try push16(UInt16(truncatingIfNeeded: value), on: &stack)
    }
}
