//! Requests that change the program. What it did after the present moment is forgotten then, and the
//! client is told.

use luka_debug::Context;
use luka_vm::run::look::Place;
use serde_json::{Value, json};

use crate::server::{Answer, Move, Programs, Server};
use crate::values::Opened;

impl<P: Programs> Server<P> {
    /// Sends what the debugger has to say besides.
    pub(crate) fn send_notes(&mut self) {
        let Some(engine) = &mut self.engine else { return };
        for note in std::mem::take(&mut engine.notes) {
            let body = json!({ "category": "console", "output": format!("{note}\n") });
            self.client.event("output", body);
        }
    }

    fn assign(&mut self, context: Context, place: &Place, text: &str) -> Answer {
        let engine = self.engine()?;
        let value = engine.assign(context, place, text)?;
        let machine = engine.timeline.program.machine();
        let raw = machine.value_in(place).unwrap_or(luka_vm::Value::NIL);
        let kind = luka_debug::kind(machine, raw);
        self.send_notes();
        let number = match raw.as_table() {
            Some(_) => self.numbers.open(Opened::Value(raw, None)),
            None => 0,
        };
        Ok(json!({ "value": value, "type": kind, "variablesReference": number }))
    }

    /// Gives a variable of a container a value.
    pub(crate) fn set_variable(&mut self, arguments: &Value) -> Answer {
        let name = arguments["name"].as_str().unwrap_or_default();
        let text = arguments["value"].as_str().ok_or("there is no value")?;
        let container = arguments["variablesReference"].as_u64().unwrap_or(0);
        let Some(engine) = &mut self.engine else { return Err("no program".to_string()) };
        let variable = self.numbers.place(engine, container, name);
        let place = variable.and_then(|variable| variable.place);
        let place = place.ok_or_else(|| format!("{name} cannot be changed"))?;
        let context = self.numbers.context(container).unwrap_or(engine.top_context());
        self.assign(context, &place, text)
    }

    /// Gives the variable or field that an expression names a value.
    pub(crate) fn set_expression(&mut self, arguments: &Value) -> Answer {
        let path = arguments["expression"].as_str().ok_or("there is no expression")?;
        let text = arguments["value"].as_str().ok_or("there is no value")?;
        let context = self.frame(arguments)?;
        let machine = self.engine()?.timeline.program.machine();
        let variable = luka_debug::find(machine, context.thread, context.level, path)?;
        let place = variable.place.ok_or_else(|| format!("{path} cannot be changed"))?;
        self.assign(context, &place, text)
    }

    /// Has the running function go on elsewhere.
    pub(crate) fn goto(&mut self, arguments: &Value) -> Answer {
        let pc = self.numbers.target_of(&arguments["targetId"])?;
        let thread = arguments["threadId"].as_u64();
        let running = crate::server::number_of(self.engine()?.current_thread());
        if thread.is_some_and(|thread| thread != running) {
            return Err("only the running coroutine can go on elsewhere".to_string());
        }
        self.engine()?.jump(pc)?;
        self.next = Some(Move::Stay);
        Ok(Value::Null)
    }

    /// Has a function begin again.
    pub(crate) fn restart_frame(&mut self, arguments: &Value) -> Answer {
        let context = self.frame(arguments)?;
        let function = self.engine()?.function_of(context);
        function.ok_or("a function of the library cannot begin again")?;
        self.next = Some(Move::Restart(context));
        Ok(Value::Null)
    }
}
