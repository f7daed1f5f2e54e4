// The peer of R3: npm bpmn-engine, five user tasks in a row, each signalled at once. node process_peer.js FOLDER SECONDS    (FOLDER: node_modules lies in it)
const path = require('path'), { EventEmitter } = require('events'), { performance } = require('perf_hooks');
const [, , dir, seconds] = process.argv;
const { Engine } = require(path.resolve(dir, 'node_modules/bpmn-engine'));
const T = 5;
const tasks = [...Array(T)].map((_, i) => `<userTask id="t${i}"/><sequenceFlow id="f${i + 1}" sourceRef="t${i}" targetRef="${i === T - 1 ? 'end' : 't' + (i + 1)}"/>`).join('');
const source = `<?xml version="1.0" encoding="UTF-8"?><definitions id="d" xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"><process id="p" isExecutable="true"><startEvent id="start"/><sequenceFlow id="f0" sourceRef="start" targetRef="t0"/>${tasks}<endEvent id="end"/></process></definitions>`;

function one(options) {
  return new Promise((resolve, reject) => {
    const engine = new Engine({ name: 'x', ...options }), listener = new EventEmitter();
    listener.on('activity.wait', api => setImmediate(() => api.signal()));
    engine.once('end', resolve);
    engine.once('error', reject);
    engine.execute({ listener }).catch(reject);
  });
}
async function rate(options) {
  for (let i = 0; i < 20; ++i) await one(options);
  const start = performance.now();
  let n = 0;
  do { await one(options); ++n; } while (performance.now() - start < seconds * 1000);
  return n / (performance.now() - start) * 1000;
}
(async () => {
  // Its own way to parse once, where the version has it.
  const once = await Promise.resolve(new Engine()._serializeSource ? new Engine()._serializeSource(source) : null).catch(() => null);
  const parsed = await rate({ source });
  console.log('instances_parsed_per_s=' + parsed.toFixed(1));
  console.log('instances_per_s=' + (once ? await rate({ sourceContext: once }) : parsed).toFixed(1));
})().catch(e => { console.error(e); process.exit(1); });
