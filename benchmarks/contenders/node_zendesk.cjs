// node-zendesk 6.0.1, driven by as many loops as there may be jobs.
//
// Two things a user has to find out: the documented bare array sends an empty body, so {users: [...]} is passed; and an
// answer with Retry-After resolves as if it had succeeded, so its status is looked at. Tried and no faster: Node's own
// fetch, connections kept alive by an agent, one showMany for all jobs. Reading by readline was slower.

'use strict';

const {createReadStream} = require('node:fs');
const {setTimeout: sleep} = require('node:timers/promises');
const {parseArgs} = require('node:util');
const {createClient} = require('node-zendesk');

const SIZE = 100;
const OVER = new Set(['completed', 'failed', 'killed']);
const OPTIONS = {
  'base-url': {type: 'string'},
  input: {type: 'string'},
  jobs: {type: 'string', default: '25'},
  poll: {type: 'string', default: '0.05'},
  rate: {type: 'string', default: '0'},
};

const {values: wanted} = parseArgs({options: OPTIONS});
const pollMilliseconds = 1000 * Number(wanted.poll);
const seen = {read: 0, accepted: 0, failed: 0};

const client = createClient({
  username: 'admin@example.com',
  token: 'mock-token',
  endpointUri: `${wanted['base-url']}/api/v2`,
});

async function* lines() {
  let rest = '';
  for await (const text of createReadStream(wanted.input, {encoding: 'utf8', highWaterMark: 1 << 18})) {
    const whole = (rest + text).split('\n');
    rest = whole.pop();
    yield* whole;
  }
  if (rest) yield rest;
}

async function* batches() {
  let batch = [];
  for await (const line of lines()) {
    batch.push(JSON.parse(line));
    if (batch.length === SIZE) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length) yield batch;
}

async function patiently(ask) {
  for (;;) {
    const {response, result, statusCode, retryAfter} = await ask();
    const status = response?.status ?? statusCode;
    if (status !== 429 && result !== undefined) return result;
    await sleep(1000 * Number(retryAfter ?? response?.headers?.get('retry-after') ?? 1));
  }
}

async function follow(id) {
  for (;;) {
    const answer = await patiently(() => client.jobstatuses.show(id));
    const job = answer.job_status ?? answer;
    if (OVER.has(job.status)) return job;
    await sleep(pollMilliseconds);
  }
}

async function work(source) {
  for (;;) {
    const {value: users, done} = await source.next();
    if (done) return;
    seen.read += users.length;
    const answer = await patiently(() => client.users.createOrUpdateMany({users}));
    const job = await follow((answer.job_status ?? answer).id);
    for (const result of job.results ?? []) {
      if (result.status === 'Failed') seen.failed += 1;
      else seen.accepted += 1;
    }
  }
}

async function main() {
  const source = batches();
  await Promise.all(Array.from({length: Number(wanted.jobs)}, () => work(source)));
  console.log(JSON.stringify(seen));
}

main();
