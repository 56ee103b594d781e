//! A profile as a flame graph: a picture in which each call is as wide as its share, above its caller.

use std::fmt::Write;

use super::sampler::By;
use super::text::unit;
use super::tree::{NodeId, Tree};
use crate::markup::escaped;

/// Pixels of the whole picture, of a call and of the margins.
const WIDTH: f64 = 1200.0;
const ROW: usize = 17;
const TOP: usize = 40;
const MARGIN: f64 = 10.0;
/// Pixels of a character, about.
const CHARACTER: f64 = 7.2;
/// Calls that are narrower, in pixels, are left out.
const LEAST: f64 = 0.1;

/// A click on a call makes it as wide as the picture; one on the lowest puts everything back.
const SCRIPT: &str = "
const all = [...document.querySelectorAll('g.call')];
const fit = (g, x, w) => {
  const r = g.children[1], t = g.children[2];
  g.style.display = w > 0.1 ? '' : 'none';
  r.setAttribute('x', x); r.setAttribute('width', Math.max(w - 0.5, 0.1));
  t.setAttribute('x', x + 3);
  const n = Math.floor((w - 6) / 7.2), label = g.dataset.label;
  t.textContent = n < 3 ? '' : label.length <= n ? label : label.slice(0, n - 1) + '…';
};
for (const g of all) g.addEventListener('click', () => {
  const from = +g.dataset.from, share = +g.dataset.share;
  for (const other of all) {
    const a = +other.dataset.from, b = a + +other.dataset.share;
    const x = Math.max(a, from), end = Math.min(b, from + share);
    fit(other, 10 + 1180 * (x - from) / share, 1180 * Math.max(end - x, 0) / share);
  }
});
";

/// The picture.
pub fn svg(tree: &Tree, by: By, program: &str) -> String {
    let totals = tree.totals();
    let scale = (WIDTH - 2.0 * MARGIN) / tree.total.max(1) as f64;
    // Every call with its depth and what is to the left of it.
    let mut boxes: Vec<(NodeId, usize, u64)> = Vec::new();
    let mut waiting = vec![(0, 0, 0u64)];
    while let Some((node, depth, left)) = waiting.pop() {
        boxes.push((node, depth, left));
        let mut from = left;
        for call in tree.calls(node) {
            if totals[call] as f64 * scale >= LEAST {
                waiting.push((call, depth + 1, from));
            }
            from += totals[call];
        }
    }
    let rows = boxes.iter().map(|(_, depth, _)| depth + 1).max().unwrap_or(1);
    let height = TOP + rows * ROW + MARGIN as usize;
    let title = escaped(&format!("{program}: {}", unit(by)));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" font-family=\"monospace\" font-size=\"12\">\n\
         <title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fffdf5\"/>\n\
         <text x=\"{MARGIN}\" y=\"24\" font-size=\"15\">{title}</text>\n"
    );
    for (node, depth, left) in boxes {
        let label = tree.symbols[tree.nodes[node].symbol].label();
        let (x, width) = (MARGIN + left as f64 * scale, totals[node] as f64 * scale);
        let y = TOP + (rows - 1 - depth) * ROW;
        let share = totals[node] as f64 / tree.total.max(1) as f64;
        let from = left as f64 / tree.total.max(1) as f64;
        let full = escaped(&label);
        let _ = writeln!(
            out,
            "<g class=\"call\" data-label=\"{full}\" data-from=\"{from:.6}\" data-share=\"{share:.6}\">\
             <title>{full}: {} ({:.2} %)</title>\
             <rect x=\"{x:.2}\" y=\"{y}\" width=\"{:.2}\" height=\"{}\" rx=\"1\" fill=\"{}\"/>\
             <text x=\"{:.2}\" y=\"{}\">{}</text></g>",
            totals[node],
            100.0 * share,
            (width - 0.5).max(0.1),
            ROW - 1,
            colour(&label),
            x + 3.0,
            y + 12,
            escaped(&shortened(&label, width)),
        );
    }
    let _ = writeln!(out, "<script><![CDATA[{SCRIPT}]]></script>\n</svg>");
    out
}

/// As much of a label as has a place in so many pixels.
fn shortened(label: &str, width: f64) -> String {
    let fits = ((width - 6.0) / CHARACTER).floor().max(0.0) as usize;
    match label.chars().count() {
        _ if fits < 3 => String::new(),
        length if length <= fits => label.to_string(),
        _ => label.chars().take(fits - 1).chain(['…']).collect(),
    }
}

/// A warm colour that depends on the label alone.
fn colour(label: &str) -> String {
    // FNV-1a.
    let hash = label.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let part = |shift: u32, range: u64| (hash >> shift) % range;
    format!("rgb({},{},{})", 205 + part(0, 50), 110 + part(16, 110), 60 + part(32, 50))
}
