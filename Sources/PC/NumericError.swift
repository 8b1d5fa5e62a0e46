/// The PC/AT way of x87 errors, with CR0.NE = 0: FERR# raises IRQ 13, and a write to port F0h takes the request back and
/// asserts IGNNE# (SDM Vol. 1 8.7.2 "MS-DOS* Compatibility Sub-mode").
extension Machine {
    func setNumericError(_ asserted: Bool) {
        state.devices.isNumericErrorRaised = asserted
        if !asserted { state.devices.isNumericErrorIgnored = false }
        setRequestLine(13, asserted)
    }

    func acknowledgeNumericError() {
        setRequestLine(13, false)
        state.devices.isNumericErrorIgnored = state.devices.isNumericErrorRaised
    }
}
