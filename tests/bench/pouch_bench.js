// The peer of S1, S3, S4, S5: PouchDB pulling from express-pouchdb, LevelDB on both sides, loopback HTTPS as ours has TLS too (only the server shows a
// certificate, POUCH_TLS.crt and .key; the client knows it by NODE_EXTRA_CA_CERTS), nothing synced to disk before the acknowledgement.
//     node pouch_bench.js FOLDER DOCUMENTS BATCH LIVE BYTES     (BYTES: of a document, in the mean; FOLDER: node_modules lies beside it, see packaging/bench.d/peers)
// S3 goes over the connection there is, as ours does: resync_kept_p50_ms. Over a new one, which may take up its TLS session again: resync_new_p50_ms.
// Each after 0.3 s of rest, as ours.
'use strict';
const [, , dir, count, batch, lives, bytes] = process.argv;
const { createRequire } = require('module');
const load = createRequire(dir + '/package.json');
const fs = require('fs'), path = require('path'), os = require('os'), https = require('https');
const { spawn } = require('child_process');

if (process.env.POUCH_SERVER) {
  const express = load('express');
  const PouchDB = load('pouchdb').defaults({ prefix: process.env.POUCH_SERVER + '/' });
  const app = express();
  app.use('/', load('express-pouchdb')(PouchDB, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: process.env.POUCH_SERVER + '/log.txt' }));
  const tls = process.env.POUCH_TLS;
  const server = https.createServer({ key: fs.readFileSync(tls + '.key'), cert: fs.readFileSync(tls + '.crt') }, app).listen(0, '127.0.0.1', () => console.log(server.address().port));
  return;
}

const PouchDB = load('pouchdb');
const N = +count, words = '关于 印发 通知 审批 财政厅 教育厅 意见 批示 请示 报告 公文 流转 会议 纪要 督办 落实 工作 方案'.split(' ');
let state = 7;
const draw = n => { state = (state + 0x6D2B79F5) | 0; let t = Math.imul(state ^ (state >>> 15), 1 | state); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) % n; };
const text = n => Array.from({ length: n }, () => words[draw(words.length)]).join('');
// A title of about 15 characters, and a body that makes it as long as ours.
const make = (i, body) => ({ _id: 'doc' + String(i).padStart(8, '0'), kind: '通知', state: i % 7, owner: i % 1000, title: text(7), body: text(body ?? bodyWords) });
const size = words => Buffer.byteLength(JSON.stringify(make(1, words)));
const bodyWords = Math.max(1, Math.round((+bytes - size(0)) / ((size(1000) - size(0)) / 1000)));
const out = (k, v) => console.log(k + '=' + v);
const ms = t => performance.now() - t;

(async () => {
  const data = fs.mkdtempSync(path.join(process.env.POUCH_DATA || os.tmpdir(), 'pouch-'));
  fs.mkdirSync(data + '/s'); fs.mkdirSync(data + '/c');
  const server = spawn(process.execPath, [__filename, dir], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_ENV: 'production', POUCH_SERVER: data + '/s' } });
  try {
    const port = await new Promise(res => server.stdout.once('data', d => res(String(d).trim())));
    const remote = new PouchDB(`https://127.0.0.1:${port}/office`);
    for (let i = 0; i < N; i += 1000) await remote.bulkDocs(Array.from({ length: Math.min(1000, N - i) }, (_, k) => make(i + k)));
    out('doc_bytes', Buffer.byteLength(JSON.stringify(make(1))));
    const local = new PouchDB(data + '/c/pull');
    let t = performance.now();
    const got = await local.replicate.from(remote, { batch_size: +batch, batches_limit: 10 });
    out('pull_rows_per_s', got.docs_written / (ms(t) / 1e3));
    const resync = async before => {
      const again = [];
      for (let i = 0; i < 7; i++) { await new Promise(r => setTimeout(r, 300)); before(); t = performance.now(); await local.replicate.from(remote, { batch_size: +batch }); again.push(ms(t)); }
      return again.sort((a, b) => a - b)[3];
    };
    out('resync_kept_p50_ms', await resync(() => {}));
    out('resync_new_p50_ms', await resync(() => https.globalAgent.destroy()));
    const live = local.sync(remote, { live: true, retry: true });
    await new Promise(r => setTimeout(r, 1500));
    const waits = [];
    for (let i = 0; i < +lives; i++) {
      const id = 'live' + i;
      const seen = new Promise(res => { const c = local.changes({ since: 'now', live: true }).on('change', x => { if (x.id === id) { c.cancel(); res(); } }); });
      await new Promise(r => setTimeout(r, 5));
      t = performance.now();
      await remote.put({ _id: id, v: i });
      await seen;
      waits.push(ms(t));
    }
    live.cancel();
    const outbox = new PouchDB(data + '/c/outbox');
    await outbox.bulkDocs(Array.from({ length: 1000 }, (_, i) => ({ ...make(i), _id: 'out' + i })));
    https.globalAgent.destroy();
    t = performance.now();
    const pushed = await outbox.replicate.to(remote, { batch_size: +batch, batches_limit: 10 });
    out('push_per_s', pushed.docs_written / (ms(t) / 1e3));
    waits.sort((a, b) => a - b);
    out('live_p50_ms', waits[Math.floor(waits.length / 2)]);
  } finally {
    server.kill();
    fs.rmSync(data, { recursive: true, force: true });
  }
  process.exit(0);
})().catch(e => { console.error(e); process.exit(1); });
