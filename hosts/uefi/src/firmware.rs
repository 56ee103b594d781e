//! The firmware as a machine: UEFI's console, clocks and memory. Calls into it are unsafe because its tables
//! are pointers; they are valid until boot services end, which only [`Firmware::turn_off`] does.

use luka_uefi::editor::Key;
use luka_uefi::image::Image;
use luka_uefi::machine::{Machine, without_tabs};
use luka_uefi::session::Session;
use r_efi::efi;
use r_efi::protocols::{rng, simple_text_input, simple_text_output};
use std::collections::VecDeque;
use std::ffi::c_void;
use std::path::Path;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// The most bytes of memory for programs.
const MOST: u64 = 1 << 30;

/// What the firmware gives.
struct Firmware {
    system: *mut efi::SystemTable,
    boot: *mut efi::BootServices,
    input: *mut simple_text_input::Protocol,
    output: *mut simple_text_output::Protocol,
    /// Keys that were pressed while a program ran.
    keys: VecDeque<Key>,
    /// The processor's time stamp at the start, and how many there are in a second.
    start: u64,
    ticks: f64,
}

// SAFETY: the firmware runs one processor and no threads.
unsafe impl Send for Firmware {}

/// Runs a session and turns the machine off.
pub fn main() {
    let mut firmware = Firmware::new();
    if !firmware.has_random_numbers() {
        firmware.offer_random_numbers();
    }
    firmware.clear();
    // As much again, and twice, is for the state that is saved; the rest for the library and the compiler.
    let memory = (firmware.free_memory() / 6).min(MOST);
    firmware.write(&format!(
        "Luka {} on UEFI, {} MB for programs. :help lists what can be typed.\n",
        env!("CARGO_PKG_VERSION"),
        memory >> 20
    ));
    let machine: luka_uefi::host::Shared = Arc::new(Mutex::new(Box::new(firmware)));
    match Session::open(&machine, Image::in_folder(Path::new("\\")), memory) {
        Ok(mut session) => session.run(),
        Err(error) => {
            let mut machine = machine.lock().unwrap_or_else(PoisonError::into_inner);
            machine.write(&format!("Luka cannot start: {error}\nA key turns the machine off.\n"));
            machine.key();
        }
    }
    Firmware::new().turn_off();
}

/// The processor's time stamp.
fn stamp() -> u64 {
    // SAFETY: every x86-64 processor has it.
    unsafe { core::arch::x86_64::_rdtsc() }
}

impl Firmware {
    fn new() -> Firmware {
        let system = std::os::uefi::env::system_table().as_ptr().cast::<efi::SystemTable>();
        // SAFETY: std has got the table from the firmware, which keeps it.
        let (boot, input, output) =
            unsafe { ((*system).boot_services, (*system).con_in, (*system).con_out) };
        let mut firmware =
            Firmware { system, boot, input, output, keys: VecDeque::new(), start: 0, ticks: 1.0 };
        firmware.start = stamp();
        const MICROSECONDS: usize = 10_000;
        // SAFETY: boot services have not ended. Without the second call, the firmware would start the
        // machine again after five minutes.
        unsafe {
            ((*boot).stall)(MICROSECONDS);
            ((*boot).set_watchdog_timer)(0, 0, 0, ptr::null_mut());
        }
        firmware.ticks = (stamp() - firmware.start) as f64 * 1e6 / MICROSECONDS as f64;
        firmware
    }

    /// Whether there is a source of random numbers, which hash tables of the standard library need.
    fn has_random_numbers(&self) -> bool {
        let mut found: *mut c_void = ptr::null_mut();
        let mut guid = rng::PROTOCOL_GUID;
        // SAFETY: boot services have not ended; the pointers are to this frame.
        let status =
            unsafe { ((*self.boot).locate_protocol)(&mut guid, ptr::null_mut(), &mut found) };
        !status.is_error()
    }

    /// Installs a source of our own, which is good enough for hash tables, on a handle of its own.
    fn offer_random_numbers(&self) {
        let source = Box::leak(Box::new(rng::Protocol { get_info, get_rng }));
        let mut handle: efi::Handle = ptr::null_mut();
        let mut guid = rng::PROTOCOL_GUID;
        // SAFETY: boot services have not ended; the protocol is never freed.
        let status = unsafe {
            ((*self.boot).install_protocol_interface)(
                &mut handle,
                &mut guid,
                efi::NATIVE_INTERFACE,
                ptr::from_mut(source).cast(),
            )
        };
        assert!(!status.is_error(), "the firmware takes no protocol: {status:?}");
    }

    /// Takes what the firmware has shown from the screen.
    fn clear(&mut self) {
        // SAFETY: boot services have not ended.
        unsafe { ((*self.output).clear_screen)(self.output) };
    }

    fn read_key(&mut self) -> Option<Key> {
        let mut key = simple_text_input::InputKey::default();
        // SAFETY: boot services have not ended; the key is of this frame.
        let status = unsafe { ((*self.input).read_key_stroke)(self.input, &mut key) };
        if status.is_error() {
            return None;
        }
        Some(match (key.scan_code, key.unicode_char) {
            (0, unit) => char::from_u32(unit.into()).map_or(Key::Other, Key::Char),
            (1, _) => Key::Up,
            (2, _) => Key::Down,
            (3, _) => Key::Right,
            (4, _) => Key::Left,
            (5, _) => Key::Home,
            (6, _) => Key::End,
            (8, _) => Key::Delete,
            (0x17, _) => Key::Escape,
            _ => Key::Other,
        })
    }

    /// Turns the machine off.
    fn turn_off(&self) -> ! {
        // SAFETY: the table is valid; the call does not return.
        unsafe {
            let runtime = (*self.system).runtime_services;
            ((*runtime).reset_system)(efi::RESET_SHUTDOWN, efi::Status::SUCCESS, 0, ptr::null_mut())
        }
        loop {
            std::hint::spin_loop();
        }
    }
}

extern "efiapi" fn get_info(
    _: *mut rng::Protocol,
    _: *mut usize,
    _: *mut rng::Algorithm,
) -> efi::Status {
    efi::Status::UNSUPPORTED
}

/// Numbers made of the time stamp by the steps of splitmix64.
extern "efiapi" fn get_rng(
    _: *mut rng::Protocol,
    _: *mut rng::Algorithm,
    length: usize,
    bytes: *mut u8,
) -> efi::Status {
    if bytes.is_null() {
        return efi::Status::INVALID_PARAMETER;
    }
    // SAFETY: the caller gives so many bytes.
    let bytes = unsafe { std::slice::from_raw_parts_mut(bytes, length) };
    let mut state = stamp();
    for part in bytes.chunks_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        part.copy_from_slice(&mixed(state).to_le_bytes()[..part.len()]);
    }
    efi::Status::SUCCESS
}

fn mixed(n: u64) -> u64 {
    let n = (n ^ n >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ n >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ n >> 31
}

/// A character as the console takes it. The frames of reports become what every serial line has.
fn unit(c: char) -> u16 {
    let plain = match c {
        '\0' => ' ',
        '─' => '-',
        '│' | '┆' | '┊' => '|',
        '\u{2500}'..='\u{257f}' => '+',
        c => c,
    };
    u16::try_from(u32::from(plain)).unwrap_or(0xfffd)
}

impl Machine for Firmware {
    fn write(&mut self, text: &str) {
        // UCS-2, with a zero at the end, a line at a time.
        let columns = self.columns();
        for part in text.split_inclusive('\n') {
            let (line, end) = match part.strip_suffix('\n') {
                Some(line) => (line, "\r\n"),
                None => (part, ""),
            };
            // SAFETY: boot services have not ended.
            let column = unsafe { (*(*self.output).mode).cursor_column } as usize;
            let line = without_tabs(line, column, columns);
            let mut units: Vec<u16> = line.chars().chain(end.chars()).map(unit).collect();
            units.push(0);
            // SAFETY: boot services have not ended; the string ends with a zero. That a character cannot
            // be shown is only a warning.
            unsafe { ((*self.output).output_string)(self.output, units.as_mut_ptr()) };
        }
    }

    fn columns(&mut self) -> usize {
        let (mut columns, mut rows) = (0, 0);
        // SAFETY: boot services have not ended; the numbers are of this frame.
        let status = unsafe {
            let mode = (*(*self.output).mode).mode as usize;
            ((*self.output).query_mode)(self.output, mode, &mut columns, &mut rows)
        };
        if status.is_error() || columns == 0 { 80 } else { columns }
    }

    fn set_column(&mut self, column: usize) {
        // SAFETY: boot services have not ended. A column that is too large is refused, and nothing moves.
        unsafe {
            let row = (*(*self.output).mode).cursor_row as usize;
            ((*self.output).set_cursor_position)(self.output, column, row);
        }
    }

    fn key(&mut self) -> Key {
        if let Some(key) = self.keys.pop_front() {
            return key;
        }
        loop {
            if let Some(key) = self.read_key() {
                return key;
            }
            let mut index = 0;
            // SAFETY: boot services have not ended; there is one event.
            unsafe {
                let mut event = (*self.input).wait_for_key;
                ((*self.boot).wait_for_event)(1, &mut event, &mut index);
            }
        }
    }

    fn interrupted(&mut self) -> bool {
        while let Some(key) = self.read_key() {
            if key == Key::Char('\u{3}') {
                self.keys.clear();
                return true;
            }
            self.keys.push_back(key);
        }
        false
    }

    fn seconds(&mut self) -> f64 {
        (stamp() - self.start) as f64 / self.ticks
    }

    fn time(&mut self) -> i64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64)
    }

    fn seed(&mut self) -> u64 {
        mixed(stamp())
    }

    fn free_memory(&mut self) -> u64 {
        let (mut key, mut size, mut version) = (0, 0, 0);
        // Room for more entries than there are: the allocation itself may split one.
        let mut map = vec![0u64; 32 * 1024];
        let mut bytes = map.len() * 8;
        let start = map.as_mut_ptr().cast::<u8>();
        // SAFETY: boot services have not ended; the map has so many bytes, and is aligned.
        let status = unsafe {
            let map = start.cast();
            ((*self.boot).get_memory_map)(&mut bytes, map, &mut key, &mut size, &mut version)
        };
        if status.is_error() || size == 0 {
            return 0;
        }
        let entries = (0..bytes / size).map(|i| {
            // SAFETY: the firmware has written entries of this size.
            unsafe { &*start.add(i * size).cast::<efi::MemoryDescriptor>() }
        });
        let free = entries.filter(|entry| entry.r#type == efi::CONVENTIONAL_MEMORY);
        free.map(|entry| entry.number_of_pages * 4096).sum()
    }
}
