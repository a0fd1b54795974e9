// Runs the programs of a JSON file, one {id, code, state} each, and prints {id: trace} for all of them.
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

const PRELUDE = `
const t = (value) => { step(); trace.push(show(value)); return value; };
const f = (name, value) => { step(); trace.push('f' + name); return value; };
const step = () => { if (trace.length > 5000) { trace.push('endless'); for (;;); } };
const show = (value) => JSON.stringify(value, (_, part) => (part === undefined ? 'undefined' : part));
const later = (promise) => promise.then((value) => t(['later', value]), (error) => t(['late', String(error)]));
const client = {
  isEnabled: (key) => state[key],
  getVariant: (key) => ({ name: state[key] ? 'a' : 'b', enabled: true }),
  getStringValue: (key) => (state[key] ? 'a' : ''),
};
class Unleash { constructor() { return client; } }
const OpenFeature = { getClient: () => client };
`;

const traces = {};
for (const { id, code, state } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  const trace = [];
  const context = vm.createContext({ trace, state }, { microtaskMode: 'afterEvaluate' });
  const body = code.replace(/^import .*$/gm, '');
  try {
    vm.runInContext(`'use strict';${PRELUDE}\n{${body}\n}`, context, { timeout: 2000 });
  } catch (error) {
    trace.push('uncaught ' + error);
  }
  traces[id] = trace;
}
process.stdout.write(JSON.stringify(traces));
