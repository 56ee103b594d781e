// What outlives a reload: files in localStorage, a saved program in IndexedDB; and links that hold files.

const KEY = "luka.playground";
const LIMIT = 1 << 20;

export function loadFiles() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return kept?.v === 1 && valid(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

export function keepFiles(files, active) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ v: 1, files, active }));
  } catch {
    // The browser keeps nothing.
  }
}

function valid({ files, active }) {
  return typeof files === "object" && files !== null && typeof files[active] === "string" &&
    Object.values(files).every((text) => typeof text === "string");
}

function database() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("luka", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("programs");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function transact(mode, work) {
  try {
    const db = await database();
    return await new Promise((resolve, reject) => {
      const transaction = db.transaction("programs", mode);
      const request = work(transaction.objectStore("programs"));
      transaction.oncomplete = () => {
        resolve(request.result);
        db.close();
      };
      transaction.onabort = () => reject(transaction.error);
    });
  } catch {
    return undefined;
  }
}

export const keepProgram = (saved) =>
  transact("readwrite", (store) => (saved ? store.put(saved, "last") : store.delete("last")));
export const loadProgram = () => transact("readonly", (store) => store.get("last"));

async function through(bytes, stream, limit = Infinity) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts).arrayBuffer();
    size += value.length;
    if (size > limit) throw new Error("the link is too large");
    parts.push(value);
  }
}

/** The files as the fragment of a link: `1:` and compressed JSON. */
export async function toFragment(files, active) {
  const json = new TextEncoder().encode(JSON.stringify({ files, active }));
  const bytes = new Uint8Array(await through(json, new CompressionStream("deflate-raw")));
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return "1:" + btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export async function fromFragment(fragment) {
  if (!fragment.startsWith("1:")) throw new Error("the link is of another version");
  const text = atob(fragment.slice(2).replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  const json = new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw"), LIMIT));
  const found = JSON.parse(json);
  if (!valid(found)) throw new Error("the link holds no program");
  return found;
}
