// Allocation of small objects and the collector's ability to free them.
function make(depth) {
  return depth === 0 ? [] : [make(depth - 1), make(depth - 1)];
}
function count(tree) {
  return tree.length > 0 ? 1 + count(tree[0]) + count(tree[1]) : 1;
}
const maxDepth = 15;
console.log(`stretch ${count(make(maxDepth + 1))}`);
const longLived = make(maxDepth);
for (let depth = 4; depth <= maxDepth; depth += 3) {
  const rounds = 2 ** (maxDepth - depth + 4);
  let total = 0;
  for (let i = 0; i < rounds; i++) total += count(make(depth));
  console.log(`${rounds} trees of depth ${depth}: ${total}`);
}
console.log(`long lived ${count(longLived)}`);
