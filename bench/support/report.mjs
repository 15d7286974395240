// Prints what was measured, and keeps it in bench/RESULTS.md when asked to.
import { Buffer } from 'node:buffer';
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ROOT } from '../../scripts/ready.mjs';
import { temporaryFolder } from './databases.mjs';
import { cpuPerThousandOf, median, perSecondOf, ratioOf } from './statistics.mjs';

const RESULTS = join(ROOT, 'bench', 'RESULTS.md');
const TITLE = `# Results

Each section is written by its script with \`--write\`. Compare the ratios: both sides ran in turn, in one run, on one machine.
Absolute figures apply to that machine only.
`;
const SYNCS = 200;

/** A Markdown table. */
export function table(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A table of two sides that were measured in turn: `rows` of `{ what, ours, theirs, goal }`. */
export function comparison(title, [ourName, theirName], rows) {
  return table(
    [title, ourName, theirName, 'ratio', 'goal', 'CPU s per 1000'],
    rows.map(({ what, ours, theirs, goal }) => [
      what,
      ...[ours, theirs].map((side) => `${shown(perSecondOf(side))}/s`),
      ...figure(ratioOf(ours, theirs), goal),
      [ours, theirs].map((side) => shown(cpuPerThousandOf(side))).join(' / '),
    ]),
  );
}

/** `1,234` from 100 on, three digits below, and a dash for what could not be measured. */
export function shown(value) {
  if (Number.isNaN(value)) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}

/**
 * Two cells: the median of these values with the lowest and the highest, and whether it is below a goal.
 *
 * @param options with `always`, the highest is what must be
 */
export function below(values, goal, { always = false } = {}) {
  const middle = median(values);
  const highest = Math.max(...values);
  const met = (always ? highest : middle) < goal ? 'met' : '**missed**';
  const figure = `**${shown(middle)}** (${shown(Math.min(...values))}–${shown(highest)})`;
  return [figure, goal === undefined ? '' : `below ${goal} (${met})`];
}

/** Two cells: a ratio with the lowest and the highest, and whether it reaches a goal. */
export function figure({ ratio, lowest, highest }, goal) {
  if (goal === undefined) return [`${shown(ratio)} (${shown(lowest)}–${shown(highest)})`, ''];
  const met = ratio >= goal ? 'met' : '**missed**';
  return [`**${shown(ratio)}** (${shown(lowest)}–${shown(highest)})`, `${goal} (${met})`];
}

/** Two cells: the median of these values with the lowest and the highest, and whether it keeps within a goal. */
export function atMost(values, goal) {
  const middle = median(values);
  const range = values.length > 1 ? ` (${shown(Math.min(...values))}–${shown(Math.max(...values))})` : '';
  if (goal === undefined) return [`${shown(middle)}${range}`, ''];
  return [`**${shown(middle)}**${range}`, `at most ${goal} (${middle <= goal ? 'met' : '**missed**'})`];
}

/**
 * Prints a section, and with `write` puts it into bench/RESULTS.md, in the place of the one that was there.
 *
 * @param report `{ script, about, parts, packages }`: parts are Markdown, packages are names whose versions matter
 */
export function publish({ script, about, parts, packages, write }) {
  const section = [`## ${script}`, about, ...parts, machine(script, packages)].join('\n\n');
  process.stdout.write(`\n${section}\n`);
  if (!write) return;
  const old = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : TITLE;
  const [title, ...sections] = old.split(/^(?=## )/m).map((part) => part.trim());
  const others = sections.filter((part) => !part.startsWith(`## ${script}\n`));
  writeFileSync(
    RESULTS,
    `${[title, ...[...others, section].sort((one, other) => one.localeCompare(other))].join('\n\n')}\n`,
  );
}

function machine(script, packages) {
  const [cpu] = os.cpus();
  const options = process.argv.slice(2).filter((option) => option !== '--write');
  const command = [`npm run ${script}`, ...(options.length > 0 ? ['--', ...options] : [])].join(' ');
  return [
    `- Command: \`${command}\`, ${new Date().toISOString().slice(0, 10)}`,
    `- Machine: ${cpu?.model ?? 'unknown processor'}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB; 4 KiB to disk and synced in ${syncMillis().toFixed(2)} ms`,
    `- Software: ${os.type()} ${os.release()} ${os.arch()}, Node ${process.versions.node}, ${packages.map(versionOf).join(', ')}`,
  ].join('\n');
}

function versionOf(name) {
  const folder = [join(ROOT, 'bench', 'node_modules'), join(ROOT, 'node_modules')].find((at) =>
    existsSync(join(at, name)),
  );
  return `${name} ${JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')).version}`;
}

/** What durable writing costs here: where it is next to nothing, the disk does not keep its promise. */
function syncMillis() {
  const folder = temporaryFolder();
  const file = openSync(join(folder, 'sync'), 'w');
  const block = Buffer.alloc(4096, 1);
  const times = Array.from({ length: SYNCS }, () => {
    const start = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  return median(times);
}
