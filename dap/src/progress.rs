//! Progress of movements through the past that take long.

use luka_debug::Progress;
use serde_json::json;

use crate::transport::Client;

/// Tells a client of the progress of movements, each of which it can cancel.
pub(crate) fn reporter(client: Client) -> Progress {
    let (mut number, mut begun, mut last) = (0, false, None);
    Box::new(move |thousandths| {
        let id = format!("replay{number}");
        let Some(thousandths) = thousandths else {
            client.event("progressEnd", json!({ "progressId": id }));
            (number, begun, last) = (number + 1, false, None);
            return;
        };
        let percentage = (thousandths / 10).min(100);
        if !begun {
            begun = true;
            let body = json!({
                "progressId": id, "title": "Going through the past", "cancellable": true,
                "percentage": percentage,
            });
            client.event("progressStart", body);
        } else if last != Some(percentage) {
            let body = json!({ "progressId": id, "percentage": percentage });
            client.event("progressUpdate", body);
        }
        last = Some(percentage);
    })
}
