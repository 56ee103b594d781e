//! Luka's own requests about the past.

use luka_debug::{Change, Engine, Store};
use serde_json::{Value, json};

use crate::server::{Answer, Programs, Server, source};

impl<P: Programs> Server<P> {
    /// The moments that can be gone to: bounds, states that are kept, marks.
    pub(crate) fn timeline(&mut self) -> Answer {
        let engine = self.engine()?;
        let points = engine.timeline.points();
        Ok(json!({
            "time": engine.now().fuel,
            "start": engine.timeline.start().fuel,
            "end": engine.timeline.frontier().fuel,
            "checkpoints": points.iter().map(|(fuel, size)| json!({ "time": fuel, "bytes": size }))
                .collect::<Vec<_>>(),
            "marks": engine.marks.iter().map(|(name, time)| json!({ "name": name, "time": time.fuel }))
                .collect::<Vec<_>>(),
        }))
    }

    /// Moves to something in the past that is searched for. If it is given up, or there is nothing, the
    /// program is where it was.
    fn search<T>(
        &mut self,
        search: impl FnOnce(&mut Engine) -> Result<T, String>,
    ) -> Result<T, String> {
        self.requests.lower();
        let flag = self.requests.urgent.clone();
        let engine = self.engine()?;
        engine.timeline.program.flag = flag;
        let from = engine.now();
        engine.timeline.begin_work();
        let found = search(engine);
        engine.timeline.end_work();
        found.or_else(|why| {
            engine.timeline.program.flag.lower();
            engine.go_to(from)?;
            Err(why)
        })
    }

    /// Goes to the last change of data.
    pub(crate) fn last_change(&mut self, arguments: &Value) -> Answer {
        let id = arguments["dataId"].as_str().ok_or("give a dataId, as dataBreakpointInfo does")?;
        let place = self.place_of(id)?.1;
        let Some(change) = self.search(|engine| engine.last_change(&place))? else {
            return Err("it has not changed since the recording begins".to_string());
        };
        let line = self.engine()?.position().map(|(_, line)| line);
        let mut described = shown(&change);
        described["line"] = json!(line.map(|line| self.line(line)));
        self.numbers.clear();
        self.stopped();
        Ok(described)
    }

    /// Follows the value of a variable or field from store to store, and goes to the last one.
    pub(crate) fn why(&mut self, arguments: &Value) -> Answer {
        let path = arguments["expression"].as_str().ok_or("give an expression")?;
        let context = self.frame(arguments)?;
        let machine = self.engine()?.timeline.program.machine();
        let variable = luka_debug::find(machine, context.thread, context.level, path)?;
        let place = variable.place.ok_or_else(|| format!("{path} cannot be followed"))?;
        let trail = self.search(|engine| engine.follow(&place))?;
        if !trail.stores.is_empty() {
            self.numbers.clear();
            self.stopped();
        }
        let stores: Vec<Value> = trail.stores.iter().map(|store| self.store(store)).collect();
        Ok(json!({ "stores": stores, "end": trail.end }))
    }

    fn store(&self, store: &Store) -> Value {
        let mut described = shown(&store.change);
        described["place"] = json!(store.place);
        described["from"] = json!(store.from);
        if let Some((chunk, line)) = &store.position {
            described["source"] = source(chunk, &self.named);
            described["line"] = json!(self.line(*line));
        }
        described
    }
}

fn shown(change: &Change) -> Value {
    json!({ "time": change.time.fuel, "before": change.before, "after": change.after })
}
