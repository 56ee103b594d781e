//! Errors raised by functions of the library: which argument is at fault, and what the function
//! takes.

use luka_compiler::Span;
use luka_compiler::ast::{Expr, ExprId};
use luka_compiler::diag::{Code, Diagnostic};
use luka_vm::debug::Activation;
use luka_vm::{Gc, Native, Thread, Value};

use super::error_site::ErrorSite;
use super::explain::{argument_meant, argument_sentence};

/// The report, if the call of a library function stands at the place and its message is one of
/// those that tell an argument.
pub fn explain(
    site: &ErrorSite,
    message: &str,
    (thread, level): (Gc<Thread>, Activation),
) -> Option<Diagnostic> {
    let native = level.func().as_native()?.native();
    let node = site.node()?;
    let chunk = site.chunk();
    let (args, receiver) = match chunk.expr(node) {
        Expr::Call { args, .. } => (args, None),
        Expr::MethodCall(call) => {
            let call = chunk.method_call(call);
            (call.args, Some((call.object, call.name_span)))
        }
        _ => return None,
    };
    let args: Vec<ExprId> = chunk.list(args).collect();
    if native.short_name() == "assert" && receiver.is_none() {
        let &condition = args.first()?;
        let value = site.value(condition)?;
        let is_test = value.is_falsy() && message == "assertion failed!";
        return is_test.then(|| {
            let label = argument_sentence(site, condition, value);
            argument_meant(site, condition, report(chunk.expr_span(condition), label))
        });
    }
    if message.starts_with("calling '") && message.contains("on bad self") {
        let (object, _) = receiver?;
        let value = first_argument(site, thread, &level)?;
        let label = argument_sentence(site, object, value);
        return Some(with_signature(report(chunk.expr_span(object), label), native));
    }
    let number = message.strip_prefix("bad argument #")?;
    let (number, rest) = number.split_once(' ')?;
    let number: usize = number.parse().ok()?;
    let why = rest.split_once(" (").map_or("", |(_, why)| why.trim_end_matches(')'));
    // Natives count the receiver of a method as their first argument; messages do not.
    let slot = number + usize::from(receiver.is_some());
    let value = site.vm.get_local(thread, &level.frame, slot as i32).map(|(_, v)| v);
    let span = chunk.expr_span(node);
    let last = args.last().map(|&id| chunk.expr(id));
    let open_ended = matches!(last, Some(Expr::Call { .. } | Expr::MethodCall(_) | Expr::Vararg));
    let found = match (args.get(number.checked_sub(1)?), value) {
        (Some(&id), _) if open_ended && number == args.len() && why.ends_with("got no value") => {
            report(chunk.expr_span(id), "this gave no value")
        }
        (Some(&id), Some(value)) => {
            let found = report(chunk.expr_span(id), argument_sentence(site, id, value));
            if value.is_nil() { argument_meant(site, id, found) } else { found }
        }
        (None, _) if !open_ended => {
            let close = Span::new(span.end.saturating_sub(1).max(span.start), span.end);
            report(close, format!("argument #{number} is missing"))
        }
        _ => report(span, message),
    };
    let told = why.contains("expected, got");
    let found = if told || why.is_empty() { found } else { found.with_note(why) };
    Some(with_signature(found, native))
}

fn first_argument(site: &ErrorSite, thread: Gc<Thread>, level: &Activation) -> Option<Value> {
    site.vm.get_local(thread, &level.frame, 1).map(|(_, value)| value)
}

fn report(span: Span, label: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::Runtime, span, "").with_label(label)
}

/// Shows what the function takes.
fn with_signature(found: Diagnostic, native: &Native) -> Diagnostic {
    if native.sig.is_empty() { found } else { found.with_note(native.sig) }
}
