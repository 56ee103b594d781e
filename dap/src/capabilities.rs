//! What the adapter tells clients that it can do.

use serde_json::{Value, json};

/// What the server can do.
pub(crate) fn capabilities() -> Value {
    let filter = |id: &str, label: &str, on: bool, conditions: bool| {
        json!({
            "filter": id, "label": label, "default": on, "supportsCondition": conditions,
            "conditionDescription": "Part of the message",
        })
    };
    json!({
        "supportsConfigurationDoneRequest": true,
        "supportsFunctionBreakpoints": true,
        "supportsConditionalBreakpoints": true,
        "supportsHitConditionalBreakpoints": true,
        "supportsLogPoints": true,
        "supportsDataBreakpoints": true,
        "supportsEvaluateForHovers": true,
        "supportsSetVariable": true,
        "supportsSetExpression": true,
        "supportsGotoTargetsRequest": true,
        "supportsRestartFrame": true,
        "supportsStepInTargetsRequest": true,
        "supportsDisassembleRequest": true,
        "supportsInstructionBreakpoints": true,
        "supportsModulesRequest": true,
        "supportsANSIStyling": true,
        "completionTriggerCharacters": [".", ":"],
        "supportsStepBack": true,
        "supportsSteppingGranularity": true,
        "supportsExceptionInfoRequest": true,
        "supportsExceptionFilterOptions": true,
        "supportsLoadedSourcesRequest": true,
        "supportsBreakpointLocationsRequest": true,
        "supportsDelayedStackTraceLoading": true,
        "supportsCancelRequest": true,
        "supportsTerminateRequest": true,
        "supportTerminateDebuggee": true,
        "supportsCompletionsRequest": true,
        "exceptionBreakpointFilters": [
            filter("uncaught", "Errors nobody catches", true, true),
            filter("caught", "Errors that are caught", false, true),
            filter("coroutines", "Only errors in coroutines", false, false),
        ],
    })
}
