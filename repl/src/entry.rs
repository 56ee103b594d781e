//! How our programs begin.

/// Makes a function the program's entry, and gives it our allocator.
///
/// On Linux the C library's `main` is ours: Rust's runtime would first read `/proc/self/maps` to
/// find the stack's guard page and set up a signal stack, a tenth of the time that `luka -e ''`
/// takes. Nothing here relies on either; arguments reach `std::env::args_os` through the C
/// library's initialisers.
///
/// (A program that uses it has to be `no_main` there.)
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        /// When the system refuses memory, programs get an error that they can catch.
        #[global_allocator]
        static ALLOCATOR: luka::ReservingAllocator = luka::ReservingAllocator;

        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        #[allow(unsafe_code, reason = "an unmangled name is unsafe: nothing else may have it")]
        // SAFETY: the one definition of `main` in the program, with the signature of C.
        #[unsafe(no_mangle)]
        pub extern "C" fn main(_argc: i32, _argv: *const *const u8) -> i32 {
            // A panic must not cross into C; its message has been printed by then.
            std::panic::catch_unwind($main).unwrap_or(101)
        }

        #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
        fn main() {
            std::process::exit($main());
        }
    };
}
