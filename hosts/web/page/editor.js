// The editor: CodeMirror with the tokens, diagnostics and ranges that Luka finds.
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";

const setTokens = StateEffect.define();
const setMarks = StateEffect.define();

/** Ranges with classes that an effect replaces, and that move with the text until then. */
function ranges(effect) {
  return StateField.define({
    create: () => Decoration.none,
    update(value, transaction) {
      value = value.map(transaction.changes);
      for (const e of transaction.effects) if (e.is(effect)) value = e.value;
      return value;
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}

function decorations(list, classOf) {
  const marks = list.filter(({ from, to }) => from < to);
  return Decoration.set(marks.map((r) => Decoration.mark({ class: classOf(r) }).range(r.from, r.to)), true);
}

export class Editor {
  #quiet = false;

  constructor(parent, { onChange, onSelect, onRun }) {
    const changed = EditorView.updateListener.of((update) => {
      if (this.#quiet) return;
      if (update.docChanged) onChange(update.state.doc.toString());
      if (update.selectionSet) onSelect(update.state.selection.main);
    });
    this.extensions = [
      lineNumbers(), lintGutter(), history(), drawSelection(), highlightActiveLine(), bracketMatching(),
      highlightSelectionMatches(), indentUnit.of("  "), ranges(setTokens), ranges(setMarks),
      keymap.of([
        { key: "Mod-Enter", run: () => (onRun(), true) },
        { key: "Mod-]", run: indentMore },
        { key: "Mod-[", run: indentLess },
        ...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap,
      ]),
      EditorView.contentAttributes.of({ "aria-label": "Program" }),
      changed,
    ];
    this.view = new EditorView({ parent, state: this.#state("") });
  }

  #state(doc) {
    return EditorState.create({ doc, extensions: this.extensions });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** Opens another text, with a history of its own. */
  open(text) {
    this.view.setState(this.#state(text));
  }

  /** Changes the text as an input would. */
  replace(text) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  #effects(effects) {
    this.#quiet = true;
    this.view.dispatch({ effects });
    this.#quiet = false;
  }

  tokens(tokens) {
    this.#effects(setTokens.of(decorations(tokens, (t) => `t-${t.kind}`)));
  }

  /** Marks ranges: `kind` is `lit` for what was chosen elsewhere, `now` for where the program is. */
  mark(list, show = false) {
    const { length } = this.view.state.doc;
    const inside = list.filter(({ to }) => to <= length);
    this.#effects(setMarks.of(decorations(inside, (r) => `m-${r.kind}`)));
    if (show && inside[0]) this.view.dispatch({ effects: EditorView.scrollIntoView(inside[0].from) });
  }

  diagnostics(found) {
    const shown = found.map(({ from, to, severity, message, help, fixes }) => ({
      from,
      to,
      severity,
      message: [message, ...help].join("\n"),
      actions: fixes.map((fix) => ({ name: fix.title, apply: () => this.apply(fix) })),
    }));
    this.#quiet = true;
    this.view.dispatch(setDiagnostics(this.view.state, shown));
    this.#quiet = false;
  }

  apply({ edits }) {
    this.view.dispatch({ changes: edits.map(({ from, to, text }) => ({ from, to, insert: text })) });
  }

  select(from, to) {
    this.view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
    this.view.focus();
  }
}
