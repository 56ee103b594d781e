//! The session's image on the disk: written after every input, so that the power may go at any moment.
//!
//! FAT cannot replace a file in one step. The new state is written whole beside the old one, then the old one
//! is removed and the new one gets its name. A machine that starts tries the new file first: it is there only
//! if the power went in the middle, and counts if it is whole; else the old one is still there.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The two files.
#[derive(Clone)]
pub struct Image {
    current: PathBuf,
    new: PathBuf,
}

impl Image {
    /// The image `luka.img` in a folder.
    pub fn in_folder(folder: &Path) -> Image {
        Image { current: folder.join("luka.img"), new: folder.join("luka.new") }
    }

    /// States that may be there, the one to try first at the beginning.
    pub fn candidates(&self) -> Vec<Vec<u8>> {
        [&self.new, &self.current].into_iter().filter_map(|path| std::fs::read(path).ok()).collect()
    }

    /// Replaces the state.
    ///
    /// # Errors
    /// The disk is full or fails; the state before is still there.
    pub fn write(&self, state: &[u8]) -> io::Result<()> {
        // A longer one is not shortened by writing.
        remove(&self.new)?;
        let mut file = std::fs::File::create(&self.new)?;
        let written = file.write_all(state).and_then(|()| file.sync_all());
        drop(file);
        if let Err(error) = written {
            // Half a state would only be in the way.
            let _ = remove(&self.new);
            return Err(error);
        }
        remove(&self.current)?;
        std::fs::rename(&self.new, &self.current)
    }

    /// Removes all states.
    ///
    /// # Errors
    /// The disk fails.
    pub fn remove(&self) -> io::Result<()> {
        remove(&self.new)?;
        remove(&self.current)
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_power_may_go_between_any_two_steps() {
        let folder = std::env::temp_dir().join(format!("luka-uefi-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let image = Image::in_folder(&folder);
        assert!(image.candidates().is_empty());
        image.write(b"first, longer").unwrap();
        image.write(b"second").unwrap();
        assert_eq!(image.candidates(), [b"second"]);
        // Half of the next one was written: it is tried first, and the one before is there.
        std::fs::write(folder.join("luka.new"), b"thi").unwrap();
        assert_eq!(image.candidates(), [&b"thi"[..], b"second"]);
        // The old one was removed already.
        std::fs::write(folder.join("luka.new"), b"third").unwrap();
        std::fs::remove_file(folder.join("luka.img")).unwrap();
        assert_eq!(image.candidates(), [b"third"]);
        image.write(b"fourth").unwrap();
        assert_eq!(image.candidates(), [b"fourth"]);
        image.remove().unwrap();
        image.remove().unwrap();
        assert!(image.candidates().is_empty());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
