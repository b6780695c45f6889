// A peer: npm's bpmn-engine. It runs in memory and hands out its state as JSON; here that is made durable after each
// step: a file that is synced, beside SQLite, and a row of PostgreSQL. It has no decision tables and no assignment, so a
// function decides who approves, and nobody is resolved. It keeps its instances: no step restores what was saved.
//
// It runs the course of course.py: a line "run 50" or "count 9", one line of JSON back, an empty line ends it.
import { EventEmitter } from 'node:events';
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [packages, url] = process.argv.slice(2);
const installed = createRequire(pathToFileURL(`${packages}/`));
const { Engine } = installed('bpmn-engine');
const { default: BpmnModdle } = await import(pathToFileURL(installed.resolve('bpmn-moddle')));

const AMOUNTS = [150, 250, 350];
const SOURCE = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    id="d" targetNamespace="urn:bench">
  <process id="approval" isExecutable="true">
    <startEvent id="start"/>
    <userTask id="request"/>
    <serviceTask id="authority" implementation="\${environment.services.authority}"/>
    <userTask id="decide"/>
    <exclusiveGateway id="way" default="no"/>
    <endEvent id="approved"/>
    <endEvent id="rejected"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="request"/>
    <sequenceFlow id="f2" sourceRef="request" targetRef="authority"/>
    <sequenceFlow id="f3" sourceRef="authority" targetRef="decide"/>
    <sequenceFlow id="f4" sourceRef="decide" targetRef="way"/>
    <sequenceFlow id="yes" sourceRef="way" targetRef="approved">
      <conditionExpression xsi:type="tFormalExpression">\${environment.services.isApproved}</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="no" sourceRef="way" targetRef="rejected"/>
  </process>
</definitions>`;

const services = {
  authority(scope, callback) {
    const { amount } = scope.environment.output.request;
    callback(null, amount <= 200 ? 'line' : amount <= 300 ? 'ops_manager' : 'general_manager');
  },
  isApproved: (scope) => scope.environment.output.decide.decision === 'approve',
};

const moddleContext = await new BpmnModdle().fromXML(SOURCE); // parsed once, as the others do
let statements = 0;
const keep = await store();

/** A function that makes a state durable under a number. */
async function store() {
  if (url.startsWith('sqlite')) {
    const folder = `${url.slice('sqlite:///'.length)}.states`;
    mkdirSync(folder);
    return (number, state) => {
      const file = openSync(`${folder}/${number}.json`, 'w');
      writeSync(file, state);
      fsyncSync(file);
      closeSync(file);
    };
  }
  const { Client } = installed('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE instance (number bigint PRIMARY KEY, state text NOT NULL)');
  const upsert = {
    name: 'keep',
    text: 'INSERT INTO instance VALUES ($1, $2) ON CONFLICT (number) DO UPDATE SET state = excluded.state',
  };
  return async (number, state) => {
    statements += 1;
    await client.query({ ...upsert, values: [number, state] });
  };
}

let last = 0;

/** Start, fill in, approve. */
async function matter(amount) {
  const number = (last += 1);
  const listener = new EventEmitter();
  const waiting = {};
  const passed = new Set();
  listener.on('activity.wait', (activity) => (waiting[activity.id] = activity));
  listener.on('activity.end', (activity) => {
    passed.add(activity.id);
    if (activity.content.output) activity.environment.output[activity.id] = activity.content.output;
  });
  const engine = new Engine({ name: 'approval', moddleContext });
  const ended = engine.waitFor('end');
  await engine.execute({ listener, services });
  await save();
  waiting.request.signal({ purpose: '更换前厅地毯', amount });
  await save();
  waiting.decide.signal({ decision: 'approve', opinion: '同意，请按计划采购' });
  await ended;
  await save();
  if (!passed.has('approved')) throw new Error('not approved');

  async function save() {
    // what a service or a condition needs is settled within a turn of the event loop
    await new Promise((settled) => setImmediate(settled));
    await keep(number, JSON.stringify(await engine.getState()));
  }
}

let turn = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const [word, count] = line.trim().split(/\s+/);
  if (!word) break;
  const wall = [];
  const cpu = [];
  const before = statements;
  for (let done = 0; done < Number(count); done += 1) {
    const burnt = process.cpuUsage();
    const begun = performance.now();
    await matter(AMOUNTS[turn++ % AMOUNTS.length]);
    wall.push(performance.now() - begun);
    const { user, system } = process.cpuUsage(burnt);
    cpu.push((user + system) / 1000);
  }
  const sent = Math.round((10 * (statements - before)) / Number(count)) / 10;
  const told = word === 'run' ? { wall, cpu } : { statements: sent || null, commits: sent || null };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
process.exit(0);
