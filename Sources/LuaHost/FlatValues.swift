import CLuaShim

/// Values flattened into memory that the shim reads. Freed with the object.
final class FlatValues {
    let count: Int32
    let values: UnsafeMutableBufferPointer<cls_value>
    private let text: UnsafeMutableBufferPointer<UInt8>

    init(_ source: [LuaValue]) {
        var elements: [cls_value] = []
        var bytes: [UInt8] = []
        var offsets: [(index: Int, offset: Int)] = []
        for value in source {
            FlatValues.append(value, &elements, &bytes, &offsets)
        }
        count = Int32(source.count)
        values = .allocate(capacity: max(elements.count, 1))
        _ = values.initialize(from: elements)
        text = .allocate(capacity: max(bytes.count, 1))
        _ = text.initialize(from: bytes)
        guard let start = text.baseAddress else { return }
        for (index, offset) in offsets {
            values[index].bytes = UnsafeRawPointer(start + offset).assumingMemoryBound(to: CChar.self)
        }
    }

    deinit {
        values.deallocate()
        text.deallocate()
    }

    private static func append(
        _ value: LuaValue, _ elements: inout [cls_value], _ bytes: inout [UInt8],
        _ offsets: inout [(index: Int, offset: Int)]
    ) {
        var element = cls_value()
        switch value {
        case .none, .opaque: element.type = Int32(CLS_NIL.rawValue)
        case .boolean(let flag):
            element.type = Int32(CLS_BOOLEAN.rawValue)
            element.integer = flag ? 1 : 0
        case .integer(let integer):
            element.type = Int32(CLS_INTEGER.rawValue)
            element.integer = integer
        case .number(let number):
            element.type = Int32(CLS_NUMBER.rawValue)
            element.number = number
        case .string(let content):
            element.type = Int32(CLS_STRING.rawValue)
            offsets.append((elements.count, bytes.count))
            bytes.append(contentsOf: content.utf8)
            element.length = UInt64(content.utf8.count)
        case .bytes(let content):
            element.type = Int32(CLS_STRING.rawValue)
            offsets.append((elements.count, bytes.count))
            bytes += content
            element.length = UInt64(content.count)
        case .function(let function):
            element.type = Int32(CLS_FUNCTION.rawValue)
            element.reference = function.reference
        case .table(let table):
            appendTable(table, &elements, &bytes, &offsets)
            return
        }
        elements.append(element)
    }

    private static func appendTable(
        _ table: LuaTable, _ elements: inout [cls_value], _ bytes: inout [UInt8],
        _ offsets: inout [(index: Int, offset: Int)]
    ) {
        var element = cls_value()
        element.type = Int32(CLS_TABLE.rawValue)
        element.length = UInt64(table.list.count + table.fields.count)
        elements.append(element)
        for (index, item) in table.list.enumerated() {
            append(.integer(Int64(index + 1)), &elements, &bytes, &offsets)
            append(item, &elements, &bytes, &offsets)
        }
        for (name, item) in table.fields {
            append(.string(name), &elements, &bytes, &offsets)
            append(item, &elements, &bytes, &offsets)
        }
    }
}

/// Reads values that the shim flattened.
struct FlatReader {
    let handle: StateHandle
    private var cursor: UnsafePointer<cls_value>?

    init(_ handle: StateHandle, _ values: UnsafePointer<cls_value>?) {
        self.handle = handle
        cursor = values
    }

    mutating func read(_ count: Int32) -> [LuaValue] {
        (0..<max(count, 0)).map { _ in next() }
    }

    private mutating func next() -> LuaValue {
        guard let element = cursor?.pointee else { return .none }
        cursor = cursor?.advanced(by: 1)
        switch UInt32(bitPattern: element.type) {
        case CLS_BOOLEAN.rawValue: return .boolean(element.integer != 0)
        case CLS_INTEGER.rawValue: return .integer(element.integer)
        case CLS_NUMBER.rawValue: return .number(element.number)
        case CLS_STRING.rawValue:
            let raw = UnsafeRawBufferPointer(start: element.bytes, count: Int(element.length))
            return String(validating: raw, as: UTF8.self).map { .string($0) } ?? .bytes(Array(raw))
        case CLS_FUNCTION.rawValue: return .function(LuaFunction(handle: handle, reference: element.reference))
        case CLS_TABLE.rawValue: return .table(table(pairs: Int(element.length)))
        case CLS_OPAQUE.rawValue: return .opaque
        default: return .none
        }
    }

    private mutating func table(pairs: Int) -> LuaTable {
        var table = LuaTable()
        var indexed: [Int64: LuaValue] = [:]
        for _ in 0..<pairs {
            let key = next()
            let value = next()
            switch key {
            case .integer(let index): indexed[index] = value
            case .string(let name): table.fields[name] = value
            default: table.hasOtherKeys = true
            }
        }
        while let value = indexed[Int64(table.list.count + 1)] {
            table.list.append(value)
        }
        if table.list.count != indexed.count { table.hasOtherKeys = true }
        return table
    }
}
