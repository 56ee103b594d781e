//! Continuations, and what debug builds check of their contracts.

#[cfg(debug_assertions)]
use crate::object::native::Action;
use crate::object::native::Native;
use crate::object::native::NativeResult;
#[cfg(debug_assertions)]
use crate::object::native::contract::Results;
use crate::vm::Vm;

impl Vm {
    /// Runs a continuation in the running frame.
    #[inline(always)]
    pub(crate) fn run_continuation(&mut self, then: &'static Native) -> NativeResult {
        #[cfg(debug_assertions)]
        {
            let kept = then.contract.map(|contract| contract.check(self.slots()));
            assert!(kept == Some(Ok(())), "{then:?} finds a frame it does not expect: {kept:?}");
        }
        then.call(self)
    }

    /// In debug builds: checks that what waits while a native's request is carried out is what its
    /// continuation's contract says.
    #[inline(always)]
    pub(crate) fn check_request(&mut self, result: &NativeResult) {
        #[cfg(debug_assertions)]
        if let Ok(action) = result {
            self.check_action(*action);
        }
        #[cfg(not(debug_assertions))]
        let _ = result;
    }

    #[cfg(debug_assertions)]
    fn check_action(&mut self, action: Action) {
        let (above, then, wanted) = match action {
            Action::Return(n) => {
                assert!(n as usize <= self.nargs(), "{n} results of {} values", self.nargs());
                return;
            }
            Action::TailCall { nargs } => {
                assert!(nargs as usize + 2 <= self.nargs(), "no function to call");
                return;
            }
            Action::Call { nargs, nres, then } => {
                let exactly = u8::try_from(nres).map(Results::Exactly);
                (nargs as usize + 2, then, exactly.unwrap_or(Results::Any))
            }
            Action::Yield { n, then } => (n as usize, then, Results::Any),
            Action::Resume { nargs, then } => (nargs as usize + 1, then, Results::Outcome),
            Action::Close { then } => (1, then, Results::Outcome),
            Action::Ask { then } => (0, then, Results::Any),
            Action::Pause { then } => (0, then, Results::Exactly(0)),
        };
        let Some(contract) = then.contract else { panic!("{then:?} is no continuation") };
        assert!(contract.results == wanted, "{then:?} expects other results than {wanted:?}");
        let slots = self.slots();
        let waiting = slots.len().checked_sub(above).map(|n| match wanted {
            // Values may wait below the results, which are as many as there are.
            Results::Any => contract.check(&slots[..n]),
            Results::Exactly(_) | Results::Outcome => contract.frame.check(&slots[..n]),
        });
        assert!(waiting == Some(Ok(())), "a frame that {then:?} does not expect: {waiting:?}");
    }
}
