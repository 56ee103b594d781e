//! The chart: an SVG with a part for each group, a line for each row, times on a logarithmic axis. A dot is
//! the least time and its tail ends at the median; the colour says what the row guarantees.

use super::Results;

const WIDTH: f64 = 860.0;
/// Where names end and the axis begins.
const LEFT: f64 = 360.0;
const RIGHT: f64 = 45.0;
const LINE: f64 = 18.0;
/// Space above a group's first row.
const HEAD: f64 = 56.0;
const LEGEND: f64 = 30.0;

/// What a guard's rows look like: the colour, and a word for the legend.
const GUARDS: [(&str, &str); 5] = [
    ("checked", "#1b6ca8"),
    ("paid by jumps", "#2a8c4a"),
    ("bare", "#c25b12"),
    ("no limit", "#8250a0"),
    ("native", "#555555"),
];

/// The chart's text.
pub fn svg(all: &[Results]) -> String {
    let rows: usize = all.iter().map(|results| results.group.rows.len()).sum();
    let height = LEGEND + all.len() as f64 * HEAD + rows as f64 * LINE + 10.0;
    let mut out = String::new();
    let mut add = |text: String| out.push_str(&text);
    add(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\" role=\"img\" \
         aria-label=\"Time of each technique, logarithmic; the tables have the numbers\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    ));
    for (i, (guard, colour)) in GUARDS.iter().enumerate() {
        let x = 20.0 + 150.0 * i as f64;
        add(format!("<circle cx=\"{x}\" cy=\"16\" r=\"4\" fill=\"{colour}\"/>"));
        add(format!("<text x=\"{}\" y=\"20\" fill=\"#222222\">{guard}</text>\n", x + 10.0));
    }
    let mut y = LEGEND;
    for results in all {
        add(group(results, y));
        y += HEAD + results.group.rows.len() as f64 * LINE;
    }
    add("</svg>\n".to_string());
    out
}

fn group(results: &Results, top: f64) -> String {
    let times = || results.measured.iter().flat_map(|m| [m.least, m.median]);
    let low = times().fold(f64::MAX, f64::min).log10().floor();
    let high = times().fold(f64::MIN, f64::max).log10().ceil().max(low + 1.0);
    let x = |time: f64| LEFT + (time.log10() - low) / (high - low) * (WIDTH - LEFT - RIGHT);
    let bottom = top + HEAD + results.group.rows.len() as f64 * LINE - 8.0;
    let mut out = String::new();
    let mut add = |text: String| out.push_str(&text);
    let title = escaped(&results.group.title);
    add(format!(
        "<text x=\"20\" y=\"{}\" font-weight=\"bold\" fill=\"#222222\">{title}</text>\n",
        top + 22.0
    ));
    let mut decade = low;
    while decade <= high {
        let (at, label) = (x(10f64.powf(decade)), 10f64.powf(decade));
        add(format!(
            "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{}\" y2=\"{bottom}\" stroke=\"#dddddd\"/>\
             <text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\" fill=\"#222222\">{label} ns</text>\n",
            top + 44.0,
            top + 40.0
        ));
        decade += 1.0;
    }
    for (i, (row, measured)) in results.group.rows.iter().zip(&results.measured).enumerate() {
        let y = top + HEAD + i as f64 * LINE;
        let known = GUARDS.iter().find(|(guard, _)| *guard == row.guard);
        let colour = known.map_or("#222222", |(_, colour)| colour);
        let label = match row.guard {
            "bare" | "paid by jumps" => format!("{}, {}", row.name, row.guard),
            _ => row.name.clone(),
        };
        add(format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#222222\">{}</text>\
             <line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y}\" y2=\"{y}\" stroke=\"{colour}\" stroke-width=\"2\"/>\
             <circle cx=\"{:.1}\" cy=\"{y}\" r=\"4\" fill=\"{colour}\"/>\n",
            LEFT - 10.0,
            y + 4.0,
            escaped(&label),
            x(measured.least),
            x(measured.median),
            x(measured.least),
        ));
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn texts_are_escaped() {
        assert_eq!(escaped("a < b & c"), "a &lt; b &amp; c");
    }
}
