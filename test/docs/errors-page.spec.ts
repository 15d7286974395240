import 'reflect-metadata';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants';
import { refusal, TITLES, type Refusal } from '../../src/common/errors';
import { sentencesOf } from '../../src/common/validation/fields';
import { inputsOf } from '../../src/common/validation/handler-inputs';

const SOURCE = join(__dirname, '..', '..', 'src');
const PAGE = readFileSync(join(__dirname, '..', '..', 'docs', 'errors.md'), 'utf8');
const FILES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });

const shown = ({ status, message }: Pick<Refusal, 'status' | 'message'>) => `${status} ${message}`;

/** One status of the page: its title, what is said of it, and the rows of its tables, cell by cell. */
const SECTIONS = PAGE.split(/^## /m)
  .slice(1)
  .map((text) => {
    const [heading = ''] = text.split('\n');
    const rows = text.split('\n').filter((line) => line.startsWith('| `'));
    return {
      status: Number(heading.split(' ')[0]),
      title: heading.replace(/^\d+ /, ''),
      text,
      rows: rows.map((row) => row.slice(2, -2).split(' | ')),
    };
  });

const onPage = SECTIONS.flatMap(({ status, rows }) =>
  rows.flatMap(([sentences = '']) =>
    [...sentences.matchAll(/`([^`]+)`/g)].map(([, message = '']) => shown({ status, message })),
  ),
);

async function exportsOf(ending: string): Promise<unknown[]> {
  const files = FILES.filter((file) => file.endsWith(ending));
  const modules = await Promise.all(files.map((file) => import(join(SOURCE, file)) as Promise<object>));
  return modules.flatMap((module) => Object.values(module) as unknown[]);
}

async function declaredRefusals(): Promise<Refusal[]> {
  const isRefusal = (value: unknown): value is Refusal =>
    typeof value === 'object' && value !== null && 'status' in value && 'message' in value;
  return (await exportsOf('errors.ts')).filter(isRefusal);
}

async function fieldRefusals(): Promise<Refusal[]> {
  const controllers = (await exportsOf('.controller.ts')).filter(
    (value): value is Type => typeof value === 'function' && handlersOf(value as Type).length > 0,
  );
  const inputs = controllers.flatMap((type) => handlersOf(type).map((name) => inputsOf(type, { name })));
  const classes = inputs.flatMap(({ path, query, body }) => [path, query, body]).filter((type) => type !== undefined);
  return [...new Set(classes.flatMap(sentencesOf))].map((sentence) => refusal(400, 'invalid_field', sentence));
}

function handlersOf({ prototype }: Type): string[] {
  const methods = Object.getOwnPropertyDescriptors((prototype ?? {}) as object);
  return Object.entries(methods)
    .filter(([, { value }]) => typeof value === 'function' && Reflect.hasMetadata(METHOD_METADATA, value as object))
    .map(([name]) => name);
}

describe('docs/errors.md', () => {
  it('has every sentence that the code can say, under its status', async () => {
    const inCode = [...(await declaredRefusals()), ...(await fieldRefusals())].map(shown);
    expect(inCode.length).toBeGreaterThan(50);
    expect(inCode.filter((sentence) => !onPage.includes(sentence))).toEqual([]);
  });

  it('has no sentence that the code does not say, and none twice', async () => {
    const inCode = [...(await declaredRefusals()), ...(await fieldRefusals())].map(shown);
    expect(onPage.filter((sentence) => !inCode.includes(sentence))).toEqual([]);
    expect(onPage.filter((sentence, index) => onPage.indexOf(sentence) !== index)).toEqual([]);
  });

  it.each(SECTIONS)('says of $status what happened, and of each sentence why and what to do', (section) => {
    expect(section.title).toBe(TITLES[section.status]);
    expect(section.text).toMatch(/^\*\*What happened\.\*\* .+\.$/m);
    expect(section.rows.length).toBeGreaterThan(0);
    for (const row of section.rows) expect(row).toEqual([expect.any(String), expect.any(String), expect.any(String)]);
    for (const cell of section.rows.flat()) expect(cell).not.toBe('');
  });

  it('has its statuses in order', () => {
    const statuses = SECTIONS.map(({ status }) => status);
    expect(statuses).toEqual([...new Set(statuses)].sort());
  });

  it('begins with a reply that the server gives', () => {
    const reply = JSON.parse(/```json\n([^]+?)```/.exec(PAGE)?.[1] ?? '') as unknown;
    const document = JSON.parse(readFileSync(join(__dirname, '..', '..', 'docs', 'openapi.json'), 'utf8'));
    const { examples } =
      document.paths['/api/buckets/{bucketId}/keys'].post.responses['400'].content['application/json'];
    expect(examples['several-problems-at-once'].value).toEqual(reply);
  });
});
