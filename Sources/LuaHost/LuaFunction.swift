import CLuaShim

/// A Lua function that the host holds. It keeps its state's memory alive.
public final class LuaFunction {
    let handle: StateHandle
    let reference: Int32

    init(handle: StateHandle, reference: Int32) {
        self.handle = handle
        self.reference = reference
    }

    deinit { cls_release(handle.state, reference) }
}

/// Owns the shim's state: closed when the last user is gone.
final class StateHandle {
    let state: OpaquePointer

    init(_ state: OpaquePointer) { self.state = state }

    deinit { cls_close(state) }
}
