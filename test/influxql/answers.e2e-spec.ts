// test:all runs this on PostgreSQL too: statements read points by SQL of each database.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApp, type TestApp } from '../support/test-app';
import { makeInfluxQLScene, type InfluxQLScene } from './influxql-scene';

/** What InfluxDB 1.6.7 answered about the same points: the series of each statement, or its error. */
const ANSWERS = JSON.parse(readFileSync(join(__dirname, 'answers.json'), 'utf8')) as [
  statement: string,
  answer: unknown,
][];
const LINES = readFileSync(join(__dirname, 'lines.txt'), 'utf8');

let server: TestApp;
let scene: InfluxQLScene;

beforeAll(async () => {
  server = await startApp();
  scene = await makeInfluxQLScene(server);
  await scene.write(LINES);
});
afterAll(() => server.stop());

it.each(ANSWERS)('%s', async (statement, answer) => {
  expect(await scene.ask(statement)).toEqual(answer);
});
