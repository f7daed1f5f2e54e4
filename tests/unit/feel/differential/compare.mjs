// node compare.mjs FOLDER FEEL_EVAL N SEED: see `run`.
import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
const [, , dir, program, count, seed] = process.argv;
const feelin = await import(pathToFileURL(dir + '/node_modules/feelin/dist/index.js').href);

// mulberry32
let state = +seed;
const random = () => { state = (state + 0x6D2B79F5) | 0; let t = Math.imul(state ^ (state >>> 15), 1 | state); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4294967296; };
const pick = (...a) => a[Math.floor(random() * a.length)];

// Expressions of a kind, so that most have a value.
const number = d => d <= 0 ? pick('0', '1', '2', '3', '7', '10', '2.5', '0.1', '100', 'n', 'm') : pick(
  () => `(${number(d - 1)} ${pick('+', '-', '*', '/')} ${number(d - 1)})`, () => `-${number(0)}`, () => `(${number(d - 1)} ** 2)`,
  () => `if ${bool(d - 1)} then ${number(d - 1)} else ${number(d - 1)}`, () => `${pick('sum', 'count', 'min', 'max', 'mean', 'median')}(${numbers(d - 1)})`,
  () => `${pick('floor', 'ceiling', 'abs')}(${number(d - 1)})`, () => `modulo(${number(d - 1)}, ${number(0)})`, () => `string length(${text(d - 1)})`, () => `${numbers(d - 1)}[${pick('1', '2', '-1')}]`,
  () => `{a: ${number(d - 1)}, b: a + 1}.b`, () => `(function(x) x + ${number(0)})(${number(d - 1)})`, () => `(${duration(d - 1)}).${pick('days', 'hours')}`, () => `(${date(d - 1)}).${pick('year', 'month', 'day', 'weekday')}`)();
const text = d => d <= 0 ? pick('""', '"a"', '"abc"', '"公文"', 's') : pick(
  () => `(${text(d - 1)} + ${text(d - 1)})`, () => `${pick('upper case', 'lower case')}(${text(d - 1)})`, () => `substring(${text(d - 1)}, ${pick('1', '2', '-1')})`,
  () => `substring ${pick('before', 'after')}(${text(d - 1)}, ${text(0)})`, () => `if ${bool(d - 1)} then ${text(d - 1)} else ${text(d - 1)}`, () => `string(${number(d - 1)})`, () => `string join([${text(d - 1)}, ${text(0)}], "-")`,
  () => `replace(${text(d - 1)}, "a", "b")`)();
const bool = d => d <= 0 ? pick('true', 'false', 'null', 'p') : pick(
  () => `(${number(d - 1)} ${pick('=', '!=', '<', '<=', '>', '>=')} ${number(d - 1)})`, () => `(${bool(d - 1)} ${pick('and', 'or')} ${bool(d - 1)})`, () => `not(${bool(d - 1)})`,
  () => `(${text(d - 1)} ${pick('=', '!=', '<', '>')} ${text(d - 1)})`, () => `(${number(d - 1)} in [${number(0)}..${number(0)}])`, () => `(${number(d - 1)} between ${number(0)} and ${number(0)})`,
  () => `${pick('contains', 'starts with', 'ends with')}(${text(d - 1)}, ${text(0)})`, () => `(${pick('some', 'every')} x in ${numbers(d - 1)} satisfies x > ${number(0)})`, () => `list contains(${numbers(d - 1)}, ${number(0)})`,
  () => `(${pick(number, text, bool, numbers)(d - 1)} instance of ${pick('number', 'string', 'boolean', 'list<number>')})`, () => `(${date(d - 1)} ${pick('<', '=', '>')} ${date(d - 1)})`, () => `(${number(d - 1)} = ${text(0)})`,
  () => `${pick('all', 'any')}([${bool(0)}, ${bool(d - 1)}])`, () => `${pick('odd', 'even')}(${number(0)})`)();
const numbers = d => d <= 0 ? pick('[]', '[1, 2, 3]', '[5]', '[3, 1, 2]', 'l') : pick(
  () => `[${number(d - 1)}, ${number(0)}]`, () => `${numbers(d - 1)}[item > ${number(0)}]`, () => `(for x in ${numbers(d - 1)} return x * ${number(0)})`, () => `reverse(${numbers(d - 1)})`, () => `concatenate(${numbers(d - 1)}, ${numbers(0)})`,
  () => `sort(${numbers(d - 1)}, function(x, y) x < y)`, () => `distinct values(${numbers(d - 1)})`, () => `append(${numbers(d - 1)}, ${number(0)})`, () => `(for x in 1..${pick('3', '0')} return x + ${number(0)})`)();
const date = d => d <= 0 ? pick('@"2026-03-09"', '@"2024-02-29"', 'date("2026-12-31")', 'date(2026, 1, 31)') : pick(() => `(${date(d - 1)} ${pick('+', '-')} ${duration(0)})`, () => date(0))();
const duration = d => d <= 0 ? pick('@"P1D"', '@"P10D"', '@"PT36H"', 'duration("P2DT3H")') : pick(() => `(${duration(d - 1)} ${pick('+', '-')} ${duration(0)})`, () => `(${date(0)} - ${date(0)})`)();

const scope = { n: 4, m: -2.5, s: 'text', p: true, l: [4, 5, 6] };
const expressions = Array.from({ length: +count }, () => pick(number, text, bool, numbers, date, duration)(pick(1, 2, 3)));
const ours = execFileSync(program, [JSON.stringify(scope)], { input: expressions.join('\n') + '\n', maxBuffer: 1 << 28 }).toString().split('\n');

const plain = v => v === undefined ? null : typeof v === 'number' && !Number.isFinite(v) ? 'not finite' : v instanceof feelin.FeelFunction ? 'function'
  : v !== null && typeof v === 'object' && !Array.isArray(v) && v.constructor !== Object ? '@' + String(v) : Array.isArray(v) ? v.map(plain)
  : v !== null && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)])) : v;
// Our literal as the same plain values: our lists and contexts are JSON but for numbers' length and @"…".
const parsed = s => { try { return JSON.parse(s.replace(/@"([^"]*)"/g, '"@$1"').replace(/([{,]\s*)([A-Za-z_]\w*):/g, '$1"$2":')); } catch { return s; } };
const close = (a, b) => typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
  : Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((x, i) => close(x, b[i]))
  : a && b && typeof a === 'object' && typeof b === 'object' ? Object.keys(a).length === Object.keys(b).length && Object.keys(a).every(k => close(a[k], b[k])) : a === b;
const same = (a, b) => close(a, b);
const holds = (f, v) => f(v) || (Array.isArray(v) && v.some(x => holds(f, x)));

// Why a difference is one; the first that fits. README.md has the standard's sentence to each.
const reasons = [
  ['no number: null', (e, a, b) => holds(x => x === 'not finite', b)],
  ['decimal, not binary, fractions', e => /modulo|floor|ceiling/.test(e) && /\d\.\d|\/|\bm\b/.test(e)],
  ['a date stays a date', e => /(@"\d{4}-|date\()/.test(e) && /PT36H|P2DT3H/.test(e)],
  ['median sorts numbers as numbers', e => /median/.test(e)],
  ['a condition is boolean or null', e => /if \((if|"|\()/.test(e)],
  ['string of an exact decimal', (e, a) => /string\(/.test(e) && typeof a === 'string'],
  ['1..0 counts down', e => /1\.\.0/.test(e)],
  ['no such position in a text: null', e => /substring\(/.test(e)],
  ['ends the wrong way round hold nothing', e => / between | in \[/.test(e)],
];
const found = new Map(reasons.map(([name]) => [name, { n: 0, example: '' }]));
let agree = 0;
const unexplained = [];
expressions.forEach((e, i) => {
  let theirs;
  try { theirs = plain(feelin.evaluate(e, scope).value); } catch (x) { theirs = '! ' + String(x.message || x).split('\n')[0]; }
  const mine = parsed(ours[i]);
  if (same(mine, theirs)) { ++agree; return; }
  const reason = reasons.find(([, fits]) => fits(e, mine, theirs));
  if (!reason) { unexplained.push([e, ours[i], JSON.stringify(theirs)]); return; }
  const f = found.get(reason[0]);
  if (!f.n++ || e.length < f.example.length) f.example = `${e}\` ours \`${ours[i]}\` feelin \`${JSON.stringify(theirs)}`;
});
console.log(`${expressions.length} expressions, seed ${seed}: ${agree} agree, ${expressions.length - agree - unexplained.length} differ for a known reason, ${unexplained.length} for none`);
console.log('| reason | number | shortest example |\n|---|---|---|');
for (const [name, f] of found) if (f.n) console.log(`| ${name} | ${f.n} | \`${f.example}\` |`);
for (const [e, a, b] of unexplained.slice(0, 40)) console.log(`unexplained: ${e}\n  ours   ${a}\n  feelin ${b}`);
process.exit(unexplained.length ? 1 : 0);
