//! Compressed snapshots: the same machines, and nothing that bytes could do to their reader.

use luka::{Budget, Outcome, Registry, Restore, SnapshotErrorKind as Kind, Vm};

/// A machine in the middle of a program, whose snapshot has several pieces.
fn paused(registry: &Registry) -> Vm {
    let mut vm = Vm::builder(registry).build().unwrap();
    let text = "
        local t = {}
        for i = 1, 60000 do t[i] = { i, x = ('%d'):format(i) } end
        kept = t
        local sum = 0
        for i = 1, 60000 do sum = sum + #t[i].x end
        return sum";
    let program = vm.compile(text).unwrap();
    vm.start(&program, ()).unwrap();
    while vm.memory_used() < 6_000_000 {
        assert!(matches!(vm.run(Budget::fuel(10_001)), Outcome::OutOfFuel));
    }
    vm
}

fn kind(registry: &Registry, bytes: &[u8], memory: u64) -> Option<Kind> {
    Vm::restore(registry, bytes, Restore::new().memory(memory)).err().map(|error| error.kind())
}

/// What `xorshift` gives next.
fn random(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state as usize
}

#[test]
fn compressed_snapshots_are_of_the_same_machine() {
    let registry = Registry::default();
    let mut vm = paused(&registry);
    let snapshot = vm.snapshot_with(b"what the host keeps").unwrap();
    let bytes = snapshot.compressed();
    assert!(snapshot.as_bytes().len() > 1 << 20, "more than a piece");
    let (small, heap) = (bytes.len() as u64, vm.memory_used());
    assert!(4 * small < heap, "{small} bytes of a heap of {heap}");
    let mut restored = Vm::restore(&registry, &bytes, Restore::new()).unwrap();
    assert_eq!(restored.attachment, b"what the host keeps");
    assert_eq!(luka::Snapshot::attachment(&bytes).unwrap(), b"what the host keeps");
    let again = restored.vm.snapshot_with(b"what the host keeps").unwrap();
    assert!(again == snapshot, "the bytes are equal");
    assert!(again.compressed() == bytes, "the compressed bytes, too");
    let sum: i64 = restored.vm.run(Budget::unlimited()).done().unwrap().get(&restored.vm).unwrap();
    assert_eq!(sum, 288_894);
}

/// An empty machine has less than a piece, and no host's section of any length.
#[test]
fn small_machines_are_compressed_too() {
    let registry = Registry::default();
    let mut vm = Vm::builder(&registry).build().unwrap();
    let snapshot = vm.snapshot().unwrap();
    let mut restored = Vm::restore(&registry, &snapshot.compressed(), Restore::new()).unwrap();
    assert!(restored.vm.snapshot().unwrap() == snapshot);
}

#[test]
fn machines_larger_than_the_limit_are_refused() {
    let registry = Registry::default();
    let bytes = paused(&registry).snapshot().unwrap().compressed();
    assert_eq!(kind(&registry, &bytes, 1 << 20), Some(Kind::Memory));
    assert_eq!(kind(&registry, &bytes, 8 << 20), None);
}

#[test]
fn damaged_bytes_are_refused() {
    let registry = Registry::default();
    let mut vm = Vm::builder(&registry).build().unwrap();
    let _: () = vm.eval("t = {} for i = 1, 300 do t[i] = { i, tostring(i) } end", ()).unwrap();
    let snapshot = vm.snapshot().unwrap();
    let bytes = snapshot.compressed();
    for len in (9..bytes.len()).step_by(7) {
        assert_eq!(kind(&registry, &bytes[..len], 8 << 20), Some(Kind::Damaged), "{len} bytes");
    }
    let (mut state, mut refused) = (88_172_645_463_325_252, 0);
    for n in 0..3_000 {
        let mut changed = bytes.clone();
        for _ in 0..=n % 3 {
            let at = 9 + random(&mut state) % (changed.len() - 9);
            match random(&mut state) % 4 {
                0 => changed[at] ^= 1 << (random(&mut state) % 8),
                1 => changed[at] = [0, 0x0f, 0xf0, 0xff][random(&mut state) % 4],
                2 => drop(changed.remove(at)),
                _ => changed.insert(at, random(&mut state) as u8),
            }
        }
        match Vm::restore(&registry, &changed, Restore::new()) {
            Err(_) => refused += 1,
            // (The same text can be compressed in many ways.)
            Ok(mut same) => {
                assert!(same.vm.snapshot().unwrap() == snapshot, "attempt {n}");
            }
        }
    }
    assert!(refused > 2_900, "{refused} refused");
}
