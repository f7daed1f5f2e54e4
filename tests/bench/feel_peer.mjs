// The peer of R1: npm feelin on the same inputs. node feel_peer.mjs FOLDER INPUTS SECONDS      (FOLDER: node_modules lies in it)
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
const [, , dir, inputs, seconds] = process.argv;
const { evaluate } = await import(pathToFileURL(dir + '/node_modules/feelin/dist/index.js').href);
const cases = readFileSync(inputs, 'utf8').split('\n').filter(Boolean).map(l => l.split('\t')).map(([e, c]) => [e, JSON.parse(c)]);
for (const [e, c] of cases) if (evaluate(e, c).value === null) console.error('gives null: ' + e);
const start = performance.now();
let done = 0;
do {
  for (const [e, c] of cases) evaluate(e, c);
  done += cases.length;
} while (performance.now() - start < seconds * 1000);
console.log('evaluate_per_s=' + (done / (performance.now() - start) * 1000).toFixed(0));
