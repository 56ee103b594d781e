//! The machine's own data, and what its host has granted.

use super::Writer;
use crate::vm::Vm;
use crate::vm::closing::Method;

impl Writer {
    pub(super) unsafe fn machine(&mut self, vm: &Vm) {
        // SAFETY: what the machine refers to exists.
        unsafe {
            self.reference(vm.thread.as_ptr());
            self.reference(vm.main_thread.as_ptr());
            self.reference(vm.registry.as_ptr());
            self.reference(vm.globals.as_ptr());
            for meta in vm.type_meta {
                self.optional(meta);
            }
        }
        self.out.u64(vm.total() as u64);
        self.out.u64(vm.meter.next_collection as u64);
        self.native_name(vm.pending);
        let warn = vm.warn_state;
        self.out.u8(u8::from(warn.on)
            | u8::from(warn.continuing) << 1
            | u8::from(vm.keeps_levels) << 2);
        match &vm.closing {
            None => self.out.u8(0),
            Some(closing) => {
                self.out.u8(match closing.paused {
                    None => 1,
                    Some(Method::Close) => 2,
                    Some(Method::Finalizer) => 3,
                });
                self.out.size(closing.pending);
                self.out.u8(u8::from(closing.hooks.is_some()));
                self.out.u64(closing.hooks.unwrap_or(0) as u64);
            }
        }
        self.out.u8(u8::from(vm.raised.is_some()));
        if let Some(raised) = &vm.raised {
            // SAFETY: what a fault refers to exists.
            unsafe { self.raised(raised) };
        }
    }

    pub(super) fn limits(&mut self, vm: &Vm) {
        for limit in [vm.meter.granted.map(|end| end as u64), vm.config.memory_limit] {
            self.out.u8(u8::from(limit.is_some()));
            self.out.u64(limit.unwrap_or(0));
        }
    }
}
