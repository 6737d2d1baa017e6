// node-zendesk 6.0.1, driven by as many loops as there may be jobs.
//
// Three things a user has to find out: the documented bare array sends an empty body, so {users: [...]} is passed; an
// answer with Retry-After resolves as if it had succeeded, so its status is looked at; and the fetch that it brings
// opens a connection for each request, so it is given Node's own, by its own setting for that.

'use strict';

const {createReadStream} = require('node:fs');
const {createInterface} = require('node:readline');
const {setTimeout: sleep} = require('node:timers/promises');
const {parseArgs} = require('node:util');
const {createClient} = require('node-zendesk');

const OVER = new Set(['completed', 'failed', 'killed']);
const OPTIONS = {
  'base-url': {type: 'string'},
  input: {type: 'string'},
  jobs: {type: 'string', default: '25'},
  poll: {type: 'string', default: '0.05'},
  rate: {type: 'string', default: '0'},
  transport: {type: 'string', default: 'own'},
};

const {values: wanted} = parseArgs({options: OPTIONS});
const pollMilliseconds = Number(wanted.poll) * 1000;
const seen = {read: 0, accepted: 0, failed: 0};

const client = createClient({
  username: 'admin@example.com',
  token: 'mock-token',
  endpointUri: `${wanted['base-url']}/api/v2`,
  ...(wanted.transport === 'own' && {
    transportConfig: {
      transportFn: (uri, options) => fetch(uri, options),
      responseAdapter: (answer) => ({
        json: () => answer.json(),
        status: answer.status,
        headers: {get: (name) => answer.headers.get(name)},
        statusText: answer.statusText,
      }),
    },
  }),
});

async function* batches() {
  let batch = [];
  for await (const line of createInterface({input: createReadStream(wanted.input)})) {
    batch.push(JSON.parse(line));
    if (batch.length === 100) {
      seen.read += batch.length;
      yield batch;
      batch = [];
    }
  }
  if (batch.length) {
    seen.read += batch.length;
    yield batch;
  }
}

async function patiently(ask) {
  for (;;) {
    const {response, result, statusCode, retryAfter} = await ask();
    const status = response?.status ?? statusCode;
    if (status !== 429 && result !== undefined) return result;
    await sleep(1000 * Number(retryAfter ?? response?.headers?.get('retry-after') ?? 1));
  }
}

async function work(source) {
  for (;;) {
    const {value: users, done} = await source.next();
    if (done) return;
    let job = await patiently(() => client.users.createOrUpdateMany({users}));
    job = job.job_status ?? job;
    for (;;) {
      const answer = await patiently(() => client.jobstatuses.show(job.id));
      job = answer.job_status ?? answer;
      if (OVER.has(job.status)) break;
      await sleep(pollMilliseconds);
    }
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
