//! Why bytes are not an image.

use std::fmt;

/// Why an image was refused.
///
/// Displays as PUC Lua words it, `bad binary format (truncated chunk)`; the chunk's name and a
/// colon before it are the loader's to add.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImageError {
    /// The bytes end too early: a proper prefix of some image.
    Truncated,
    /// The bytes do not begin with the signature `\x1bLua`.
    NotBinary,
    /// The version byte is not that of Lua 5.4.
    Version,
    /// The format byte is unknown.
    Format,
    /// The bytes that line-end conversion damages are not what they should be.
    Conversion,
    /// Instructions have another size.
    InstructionSize,
    /// Integers have another size.
    IntegerSize,
    /// Floats have another size.
    NumberSize,
    /// Integers are stored differently.
    IntegerFormat,
    /// Floats are stored differently.
    FloatFormat,
    /// A chunk of PUC Lua 5.4.
    Puc,
    /// A layout of another version of Luka.
    ImageVersion,
    /// Made for another instruction set.
    InstructionSet,
    /// The header is in order, what follows is not.
    Corrupted,
    /// The module would take more memory than the reader may.
    TooLarge,
}

impl ImageError {
    /// The reason, in parentheses in PUC's message.
    pub fn reason(self) -> &'static str {
        match self {
            ImageError::Truncated => "truncated chunk",
            ImageError::NotBinary => "not a binary chunk",
            ImageError::Version => "version mismatch",
            ImageError::Format => "format mismatch",
            ImageError::Conversion | ImageError::Corrupted => "corrupted chunk",
            ImageError::InstructionSize => "Instruction size mismatch",
            ImageError::IntegerSize => "lua_Integer size mismatch",
            ImageError::NumberSize => "lua_Number size mismatch",
            ImageError::IntegerFormat => "integer format mismatch",
            ImageError::FloatFormat => "float format mismatch",
            ImageError::Puc => "PUC Lua bytecode, not a Luka image",
            ImageError::TooLarge => "not enough memory",
            ImageError::ImageVersion => "Luka image version mismatch",
            ImageError::InstructionSet => "Luka instruction set mismatch",
        }
    }
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad binary format ({})", self.reason())
    }
}

impl std::error::Error for ImageError {}
