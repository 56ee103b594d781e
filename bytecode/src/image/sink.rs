//! What walks over debug information tell.

use super::strings::Text;
use crate::proto::Span;
use crate::verify::Scope;

/// What a walk tells of what it meets, in order.
pub(super) trait Sink {
    /// Whether lines and spans are wanted; if not, they may be left out.
    const PLACES: bool;

    /// The next `count` instructions are on this line.
    fn line(&mut self, line: u32, count: usize);
    /// The span of the next instruction.
    fn span(&mut self, span: Span);
    fn local(&mut self, name: Text<'_>, scope: Scope);
    fn upvalue_name(&mut self, name: Text<'_>);
}
