import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { InfluxScene } from './influx-scene';

/** `.ci/run` installs them; elsewhere, what is not there is left out. */
export const HAS_SHELL = spawnSync('influx', ['-version'], { stdio: 'ignore' }).error === undefined;
/** Not the first on the PATH, which may be another than Debian's. */
const PYTHON = '/usr/bin/python3';
export const HAS_PYTHON_CLIENT = spawnSync(PYTHON, ['-c', 'import influxdb'], { stdio: 'ignore' }).status === 0;

/** Runs a statement in the shell of InfluxDB 1, and returns what it printed. */
export function runShell(scene: InfluxScene, statement: string, options: readonly string[] = []): Promise<string> {
  const connection = ['-host', '127.0.0.1', '-port', String(scene.port), '-username', 'any', '-password', scene.key];
  return run('influx', [
    ...connection,
    ...['-database', 'Greenhouse', '-precision', 'ms', ...options],
    ...['-execute', statement],
  ]);
}

/** Runs statements of Python, where `client` is the Python client of InfluxDB 1, and returns what they printed. */
export function runPython(scene: InfluxScene, ...statements: readonly string[]): Promise<string> {
  const connect = `client = InfluxDBClient("127.0.0.1", ${scene.port}, "any", "${scene.key}", "Greenhouse")`;
  const lines = ['import json', 'from influxdb import InfluxDBClient', connect, ...statements];
  return run(PYTHON, ['-c', lines.join('\n')]);
}

/** Runs a program to its end. @throws Error with what it printed, if it failed */
async function run(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  child.stdout.on('data', (text) => (printed += text));
  child.stderr.on('data', (text) => (printed += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${printed}`);
  return printed;
}
