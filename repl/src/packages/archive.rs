//! Archives of files: zip, and tar with or without gzip. What is read may be anybody's, so that sizes are
//! bounded, and names lead nowhere else.

use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::manifest::is_inside;

/// The most bytes of all files of an archive, and the most files.
const MOST_BYTES: usize = 256 << 20;
const MOST_FILES: usize = 20_000;

/// The files of an archive: paths and contents.
pub type Files = Vec<(String, Vec<u8>)>;

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?).into())
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?)).ok()
}

/// The check sum of zip and gzip (RFC 1952).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}

/// Notes a file, unless its name leads elsewhere.
fn add(files: &mut Files, left: &mut usize, path: &str, contents: Vec<u8>) -> Result<(), String> {
    let path = path.trim_start_matches("./");
    if !is_inside(path) {
        return Err(format!("the archive has a file named '{path}'"));
    }
    *left = left.checked_sub(contents.len()).ok_or("the archive is too large")?;
    if files.len() == MOST_FILES {
        return Err("the archive has too many files".to_string());
    }
    files.push((path.to_string(), contents));
    Ok(())
}

/// The files of a zip archive.
///
/// # Errors
/// It is damaged, encrypted or too large, or has links.
pub fn unzip(bytes: &[u8]) -> Result<Files, String> {
    read_zip(bytes).unwrap_or_else(|| Err("the archive is damaged".to_string()))
}

/// As [`unzip`]; `None`: it is damaged.
fn read_zip(bytes: &[u8]) -> Option<Result<Files, String>> {
    // The directory is named at the end, before a comment.
    let from = bytes.len().saturating_sub(0x1_0000 + 22);
    let end = bytes[from..].windows(4).rposition(|four| four == b"PK\x05\x06")? + from;
    let (count, mut at) = (u16_at(bytes, end + 10)?, u32_at(bytes, end + 16)?);
    let (mut files, mut left) = (Files::new(), MOST_BYTES);
    for _ in 0..count {
        let entry = bytes.get(at..).filter(|entry| entry.starts_with(b"PK\x01\x02"))?;
        let [flags, method] = [u16_at(entry, 8)?, u16_at(entry, 10)?];
        let [crc, packed, size] = [u32_at(entry, 16)?, u32_at(entry, 20)?, u32_at(entry, 24)?];
        let [name, extra, comment] = [u16_at(entry, 28)?, u16_at(entry, 30)?, u16_at(entry, 32)?];
        let (mode, place) = (u32_at(entry, 38)? >> 16, u32_at(entry, 42)?);
        let path = String::from_utf8_lossy(entry.get(46..46 + name)?);
        at += 46 + name + extra + comment;
        if path.ends_with('/') {
            continue;
        }
        if mode & 0o17_0000 == 0o12_0000 {
            return Some(Err(format!("{path} is a link")));
        }
        if flags & 1 == 1 {
            return Some(Err("the archive is encrypted".to_string()));
        }
        let local = bytes.get(place..).filter(|local| local.starts_with(b"PK\x03\x04"))?;
        let begin = 30 + u16_at(local, 26)? + u16_at(local, 28)?;
        let data = local.get(begin..)?.get(..packed)?;
        if size > left {
            return Some(Err("the archive is too large".to_string()));
        }
        let contents = match method {
            0 => data.to_vec(),
            8 => decompress_to_vec_with_limit(data, size).ok()?,
            _ => return Some(Err(format!("{path} is packed in an unknown way"))),
        };
        if contents.len() != size || crc32(&contents) as usize != crc {
            return None;
        }
        if let Err(why) = add(&mut files, &mut left, &path, contents) {
            return Some(Err(why));
        }
    }
    Some(Ok(files))
}

/// The files of a tar archive, packed by gzip or not.
///
/// # Errors
/// As [`unzip`].
pub fn untar(bytes: &[u8]) -> Result<Files, String> {
    let damaged = || "the archive is damaged".to_string();
    match bytes.starts_with(&[0x1f, 0x8b]) {
        true => read_tar(&gunzip(bytes)?).unwrap_or_else(|| Err(damaged())),
        false => read_tar(bytes).unwrap_or_else(|| Err(damaged())),
    }
}

fn gunzip(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let inner = || -> Option<Vec<u8>> {
        let flags = *bytes.get(3).filter(|_| bytes.get(2) == Some(&8))?;
        let mut at = 10;
        if flags & 4 != 0 {
            at += 2 + u16_at(bytes, at)?;
        }
        for text in [8, 16] {
            if flags & text != 0 {
                at += bytes.get(at..)?.iter().position(|&c| c == 0)? + 1;
            }
        }
        if flags & 2 != 0 {
            at += 2;
        }
        let end = bytes.len().checked_sub(8)?;
        let contents = decompress_to_vec_with_limit(bytes.get(at..end)?, MOST_BYTES).ok()?;
        (crc32(&contents) as usize == u32_at(bytes, end)?).then_some(contents)
    };
    inner().ok_or_else(|| "the archive is damaged or too large".to_string())
}

/// `None`: it is damaged.
fn read_tar(bytes: &[u8]) -> Option<Result<Files, String>> {
    const BLOCK: usize = 512;
    let text = |field: &[u8]| {
        let end = field.iter().position(|&c| c == 0).unwrap_or(field.len());
        String::from_utf8_lossy(&field[..end]).into_owned()
    };
    let (mut files, mut left) = (Files::new(), MOST_BYTES);
    let (mut rest, mut long_name) = (bytes, None);
    // Two blocks of zeros are the end; some archives have none.
    while let Some((head, after)) = rest.split_first_chunk::<BLOCK>() {
        if head.iter().all(|&byte| byte == 0) {
            break;
        }
        let size = text(&head[124..136]);
        let size = usize::from_str_radix(size.trim(), 8).ok()?;
        let contents = after.get(..size)?;
        rest = after.get(size.checked_next_multiple_of(BLOCK)?..).unwrap_or(&[]);
        let mut path = text(&head[..100]);
        if head[257..].starts_with(b"ustar\0") && head[345] != 0 {
            path = format!("{}/{path}", text(&head[345..500]));
        }
        match head[156] {
            b'0' | 0 => {
                let path = long_name.take().unwrap_or(path);
                if let Err(why) = add(&mut files, &mut left, &path, contents.to_vec()) {
                    return Some(Err(why));
                }
            }
            b'L' => long_name = Some(text(contents)),
            b'x' => long_name = pax_path(contents).or(long_name),
            b'5' | b'g' => long_name = None,
            _ => return Some(Err(format!("{path} is a link or a device"))),
        }
    }
    Some(Ok(files))
}

/// The path in an extended header: lines `30 path=…`, the first word their length.
fn pax_path(mut contents: &[u8]) -> Option<String> {
    loop {
        let space = contents.iter().position(|&c| c == b' ')?;
        let length: usize = std::str::from_utf8(&contents[..space]).ok()?.parse().ok()?;
        let record = contents.get(space + 1..length)?;
        if let Some(path) = record.strip_prefix(b"path=") {
            let path = path.strip_suffix(b"\n").unwrap_or(path);
            return Some(String::from_utf8_lossy(path).into_owned());
        }
        contents = contents.get(length..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec;

    /// A zip archive; `packed` files are deflated.
    pub fn zip(files: &[(&str, &[u8])], packed: bool) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for (name, contents) in files {
            let data = if packed { compress_to_vec(contents, 6) } else { contents.to_vec() };
            let place = out.len() as u32;
            let mut common = vec![20, 0, 0, 0, if packed { 8 } else { 0 }, 0, 0, 0, 0, 0];
            for word in [crc32(contents), data.len() as u32, contents.len() as u32] {
                common.extend_from_slice(&word.to_le_bytes());
            }
            common.extend_from_slice(&(name.len() as u16).to_le_bytes());
            common.extend_from_slice(&[0, 0]);
            out.extend_from_slice(b"PK\x03\x04");
            out.extend_from_slice(&common);
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(&data);
            directory.extend_from_slice(b"PK\x01\x02\x14\0");
            directory.extend_from_slice(&common);
            directory.extend_from_slice(&[0; 10]);
            directory.extend_from_slice(&place.to_le_bytes());
            directory.extend_from_slice(name.as_bytes());
        }
        let at = out.len() as u32;
        out.extend_from_slice(&directory);
        out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        let count = (files.len() as u16).to_le_bytes();
        out.extend_from_slice(&[count, count].concat());
        out.extend_from_slice(&(directory.len() as u32).to_le_bytes());
        out.extend_from_slice(&at.to_le_bytes());
        out.extend_from_slice(&[0, 0]);
        out
    }

    #[test]
    fn zip_archives() {
        let long = vec![b'x'; 100_000];
        let files: [(&str, &[u8]); 3] = [("a.lua", b"return 1"), ("d/", b""), ("d/b.lua", &long)];
        for packed in [false, true] {
            let bytes = zip(&files, packed);
            let read = unzip(&bytes).expect("files");
            assert_eq!(read[0], ("a.lua".to_string(), b"return 1".to_vec()));
            assert_eq!((read[1].0.as_str(), read[1].1.len(), read.len()), ("d/b.lua", 100_000, 2));
            // Whatever is changed or cut, it is read or refused.
            for at in (0..bytes.len()).step_by(if packed { 1 } else { 997 }) {
                let _ = unzip(&bytes[..at]);
                let mut changed = bytes.clone();
                changed[at] ^= 0xff;
                if let Ok(read) = unzip(&changed) {
                    assert!(read.iter().all(|(name, _)| is_inside(name)));
                }
            }
        }
        assert!(unzip(&zip(&[("../a", b"")], true)).unwrap_err().contains("'../a'"));
        assert!(unzip(&zip(&[("/a", b"")], false)).is_err());
    }

    fn tar(files: &[(&str, u8, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, kind, contents) in files {
            let mut head = [0; 512];
            head[..name.len()].copy_from_slice(name.as_bytes());
            head[124..135].copy_from_slice(format!("{:011o}", contents.len()).as_bytes());
            head[156] = *kind;
            out.extend_from_slice(&head);
            out.extend_from_slice(contents);
            out.resize(out.len().next_multiple_of(512), 0);
        }
        out.resize(out.len() + 1024, 0);
        out
    }

    #[test]
    fn tar_archives() {
        let long = "d/".repeat(80) + "name.lua";
        let pax = format!("{} path={long}\n", long.len() + 10);
        let bytes = tar(&[
            ("d/", b'5', b""),
            ("./d/a.lua", b'0', b"return 1"),
            ("PaxHeaders", b'x', pax.as_bytes()),
            ("short", b'0', b"2"),
            ("L", b'L', long.as_bytes()),
            ("short", 0, b"3"),
        ]);
        let mut packed = vec![0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, b'n', 0];
        packed.extend_from_slice(&compress_to_vec(&bytes, 6));
        packed.extend_from_slice(&crc32(&bytes).to_le_bytes());
        packed.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        for archive in [&bytes, &packed] {
            let read = untar(archive).expect("files");
            let names: Vec<&str> = read.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["d/a.lua", &long, &long]);
            assert_eq!(read[0].1, b"return 1");
            for at in 0..archive.len() {
                let _ = untar(&archive[..at]);
            }
        }
        packed[20] ^= 1;
        assert!(untar(&packed).is_err());
        assert!(untar(&tar(&[("a", b'2', b"")])).unwrap_err().contains("link"));
        assert!(untar(&tar(&[("../a", b'0', b"")])).is_err());
    }
}
