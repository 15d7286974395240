// `npm run bench:abuse`: how an attack affects the latency of another caller and the memory of the server.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ensureBuilt, say } from '../scripts/ready.mjs';

ensureBuilt();
const { ATTACKS } = await import('./abuse/attacks.mjs');
const { KEY_ATTACKS } = await import('./abuse/key-attacks.mjs');
const { READ_ATTACKS } = await import('./abuse/read-attacks.mjs');
const { SOURCE_ATTACKS } = await import('./abuse/source-attacks.mjs');
const { WAYS_ATTACKS } = await import('./abuse/ways-attacks.mjs');
const { makeTarget } = await import('./abuse/target.mjs');
const { startCaller } = await import('./support/caller.mjs');
const { asJson } = await import('./support/climate.mjs');
const { checkText } = await import('./support/dakkio.mjs');
const { peakMegabytes } = await import('./support/processes.mjs');
const { publish, shown, table } = await import('./support/report.mjs');

const EVERY_MILLIS = 20;
const CONTROL_MILLIS = 4000;
/** One late answer of hundreds can be due to the machine. */
const RUNS_OF_MISSED = 3;
const GOALS = { waitMillis: 100, megabytes: 350 };

const { values: options } = parseArgs({
  options: { write: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const CONTROL = { name: 'nothing', key: '–', run: () => sleep(CONTROL_MILLIS).then(() => '–') };
const parts = options.only.split(',');
const attacks = [
  CONTROL,
  ...[...ATTACKS, ...KEY_ATTACKS, ...SOURCE_ATTACKS, ...WAYS_ATTACKS, ...READ_ATTACKS].filter(({ name }) =>
    parts.some((part) => name.includes(part)),
  ),
];

const target = await makeTarget();
const rows = [];
for (const attack of attacks) {
  const runs = [await measured(attack)];
  while (runs[0].longest > GOALS.waitMillis && runs.length < RUNS_OF_MISSED) runs.push(await measured(attack));
  const waits = runs.map(({ longest }) => longest);
  const { longest, usual, outcomes } = runs.toSorted((one, other) => one.longest - other.longest)[
    (runs.length - 1) / 2
  ];
  const memory = Math.max(...runs.map((run) => run.memory));
  const [shownLongest, goal] = within(longest, GOALS.waitMillis);
  rows.push([
    attack.name,
    attack.key,
    outcomes,
    shown(usual),
    runs.length > 1 ? `${shownLongest} (${waits.map(shown).join(', ')})` : shownLongest,
    goal,
    ...within(memory, GOALS.megabytes),
  ]);
  say(`${attack.name}: longest wait ${waits.map(shown).join(', ')} ms, ${shown(memory)} MB, ${outcomes}`);
}
publish({
  script: 'bench:abuse',
  about:
    'Each attack runs for about 4 s against a separate server with default settings, on a copy of the same data. ' +
    `Meanwhile, a well-behaved caller with another key sends a request every ${EVERY_MILLIS} ms over one connection, ` +
    'alternating a key check and one point. Latencies are those of this caller, with commits to disk. Memory is the ' +
    'peak resident memory of the server process. Attacker, caller and server share the machine. An attack whose longest ' +
    `wait exceeds the goal is run ${RUNS_OF_MISSED} times: the row shows the run with the median, and the longest waits of all.`,
  parts: [
    table(
      ['Attack', 'key', 'answers', '99th percentile of latency, ms', 'longest wait, ms', 'goal', 'memory, MB', 'goal'],
      rows,
    ),
  ],
  packages: ['@nestjs/core', 'express', 'typeorm', 'better-sqlite3'],
  write: options.write,
});

/** Runs an attack on a server of its own. */
async function measured(attack) {
  const attacked = await target.start();
  const { waits, outcomes } = await watched(attacked, attack);
  const millis = waits.map(([from, to]) => to - from).sort((one, other) => one - other);
  const memory = peakMegabytes(attacked.server.pid);
  await attacked.server.stop();
  return {
    ...{ longest: millis.at(-1), usual: millis[Math.floor(millis.length * 0.99)] },
    ...{ memory, outcomes: String(outcomes) },
  };
}

/** Runs an attack, and returns its outcomes and the latencies of the other caller. */
async function watched(attacked, { run }) {
  const caller = startCaller();
  const point = attacked.ingestion(asJson(attacked.sourceId, 1).replace(/#+/, String(Date.now())), 1);
  await caller.begin({
    server: attacked.server,
    requests: [checkText(attacked.otherKey), point.replaceAll(attacked.writeKey, attacked.otherKey)],
    everyMillis: EVERY_MILLIS,
  });
  await sleep(500);
  const outcomes = await run(attacked);
  await sleep(500);
  // A server that ended, or that refused this caller, has made it wait for ever.
  const waits = await caller.finish().catch((cause) => {
    say(cause.message);
    return [[0, Infinity]];
  });
  caller.stop();
  return { waits, outcomes };
}

function within(value, goal) {
  return [`**${shown(value)}**`, `at most ${goal} (${value <= goal ? 'met' : '**missed**'})`];
}
