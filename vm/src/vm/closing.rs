//! The end of a machine, as far as it has come.

/// How far [`super::Vm::close`] has come, for calls that pause.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Closing {
    /// Values of the main thread that still wait for their `__close`: the topmost pins, the next
    /// one on top.
    pub(crate) pending: usize,
    /// A method is paused; its object is the topmost pin.
    pub(crate) paused: Option<Method>,
    /// What hooks were before the finalizers began.
    pub(crate) hooks: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Method {
    Close,
    Finalizer,
}
