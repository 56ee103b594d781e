//! What natives keep in userdata.

use super::violation::{Verdict, rule};
use crate::object::native::contract::BUFFER;
use crate::object::userdata::Userdata;

/// The type of userdata that holds the state of a random generator.
const RANDOM: &str = "random";
/// Bytes of such a state.
const RANDOM_BYTES: usize = 32;

/// Checks what is in a userdata. (Buffers may hold any bytes: their natives read them as such.)
pub(super) fn check(u: &Userdata) -> Verdict {
    // SAFETY: nothing else can touch the buffer while it is looked at.
    let bytes = unsafe { (*u.buffer.as_ptr()).len() };
    if u.type_name == RANDOM {
        rule!(Userdata, bytes == RANDOM_BYTES, "a random generator's state has 32 bytes");
    } else {
        let plain = bytes == 0 || u.type_name == BUFFER;
        rule!(Userdata, plain, "only buffers hold bytes", "a userdata of type {}", u.type_name);
    }
    if u.host_owned {
        let plain = bytes == 0 && u.type_name != BUFFER && u.type_name != RANDOM;
        rule!(Userdata, plain, "what the host owns is no native's state");
    }
    Ok(())
}
