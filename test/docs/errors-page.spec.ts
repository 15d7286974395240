import 'reflect-metadata';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants';
import { accessRuleOf } from '../../src/auth/require-key-type.decorator';
import { ERROR_CODES, type ErrorCode } from '../../src/common/error-codes';
import { refusal, TITLES, type Refusal } from '../../src/common/errors';
import { sentencesOf } from '../../src/common/validation/field-plans';
import { inputsOf } from '../../src/common/validation/handler-inputs';

const SOURCE = join(__dirname, '..', '..', 'src');
const PAGE = readFileSync(join(__dirname, '..', '..', 'docs', 'errors.md'), 'utf8');
const FILES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });

type Said = Pick<Refusal, 'status' | 'code' | 'message'>;
const shown = ({ status, code, message }: Said) => `${status} ${code}: ${message}`;

/** One section of the page: a code with its statuses, its messages, and the cells of its tables. */
interface Section {
  readonly code: string;
  /** The status of the heading above it. */
  readonly under: number;
  readonly text: string;
  readonly statuses: string;
  readonly said: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const STATUSES = PAGE.split(/^## /m)
  .slice(1)
  .map((text) => ({ heading: text.split('\n')[0] ?? '', status: parseInt(text, 10), text }));

const SECTIONS: readonly Section[] = STATUSES.flatMap(({ status: under, text: whole }) =>
  whole
    .split(/^### /m)
    .slice(1)
    .map((text) => {
      const [code = ''] = text.split('\n');
      const lines = text.split('\n').filter((line) => line.startsWith('| `'));
      const rows = lines.map((row) => row.slice(2, -2).split(' | '));
      const messages = /^- \*\*Message\*\*: (.+)$/m.exec(text)?.[1];
      const cells = [...(messages === undefined ? [] : [messages]), ...rows.map(([cell = '']) => cell)];
      // A code that two statuses share names them behind its messages.
      const said = cells.flatMap((cell) =>
        [...cell.matchAll(/`([^`]+)`(?: \((\d+)\))?/g)].map(([, message = '', status = under]) =>
          shown({ status: Number(status), code: code as ErrorCode, message }),
        ),
      );
      return { code, under, text, statuses: /^- \*\*Status\*\*: (.+)$/m.exec(text)?.[1] ?? '', said, rows };
    }),
);

const onPage = SECTIONS.flatMap(({ said }) => said);

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

async function controllers(): Promise<Type[]> {
  return (await exportsOf('.controller.ts')).filter(
    (value): value is Type => typeof value === 'function' && handlersOf(value as Type).length > 0,
  );
}

/** The refusals of `@RequireKeyType`. */
async function keyTypeRefusals(): Promise<Refusal[]> {
  const rules = (await controllers()).flatMap((type) =>
    handlersOf(type).map((name) => accessRuleOf((type.prototype as Record<string, object>)[name] ?? {})),
  );
  const refusals = rules.flatMap((rule) => (typeof rule === 'object' && rule.otherwise ? [rule.otherwise] : []));
  return [...new Map(refusals.map((one) => [one.message, one])).values()];
}

async function fieldRefusals(): Promise<Refusal[]> {
  const inputs = (await controllers()).flatMap((type) => handlersOf(type).map((name) => inputsOf(type, { name })));
  const classes = inputs.flatMap(({ path, query, body }) => [path, query, body]).filter((type) => type !== undefined);
  return [...new Set(classes.flatMap(sentencesOf))].map((sentence) => refusal(400, 'invalid_field', sentence));
}

function handlersOf({ prototype }: Type): string[] {
  const methods = Object.getOwnPropertyDescriptors((prototype ?? {}) as object);
  return Object.entries(methods)
    .filter(([, { value }]) => typeof value === 'function' && Reflect.hasMetadata(METHOD_METADATA, value as object))
    .map(([name]) => name);
}

async function allRefusals(): Promise<Refusal[]> {
  const declared = await declaredRefusals();
  const isDeclared = new Set(declared.map(({ message }) => message));
  const made = [...(await keyTypeRefusals()), ...(await fieldRefusals())];
  return [...declared, ...made.filter(({ message }) => !isDeclared.has(message))];
}

describe('the codes', () => {
  it('are snake_case, and each is declared once', () => {
    expect(ERROR_CODES.filter((code) => !/^[a-z0-9]+(_[a-z0-9]+)*$/.test(code))).toEqual([]);
    expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length);
  });

  it('are all in use, and one sentence has one code', async () => {
    const refusals = await allRefusals();
    const used = new Set([...refusals.map(({ code }) => code), 'request_refused']);
    expect(ERROR_CODES.filter((code) => !used.has(code))).toEqual([]);
    const codes = new Map(refusals.map(({ message, code }) => [message, code]));
    expect(refusals.filter(({ message, code }) => codes.get(message) !== code)).toEqual([]);
  });

  it('do not tell apart what a client must not know', async () => {
    const refusals = await declaredRefusals();
    const codesOf = (of: (refusal: Refusal) => boolean) => new Set(refusals.filter(of).map(({ code }) => code));
    expect(codesOf(({ status }) => status === 401)).toEqual(new Set(['unauthorized']));
    expect(codesOf(({ message }) => /bucket/i.test(message) && /not (found|have access)/.test(message))).toEqual(
      new Set(['bucket_not_accessible']),
    );
    expect(codesOf(({ message }) => /required field|^<field> is required/.test(message))).toEqual(
      new Set(['required_value_missing']),
    );
  });
});

describe('docs/errors.md', () => {
  it('has one section for each code', () => {
    expect(SECTIONS.map(({ code }) => code).sort()).toEqual([...ERROR_CODES].sort());
  });

  it('has every sentence of the code, under its status and code', async () => {
    const inCode = (await allRefusals()).map(shown);
    expect(inCode.length).toBeGreaterThan(50);
    expect(inCode.filter((sentence) => !onPage.includes(sentence))).toEqual([]);
  });

  it('has no other sentence, and none twice', async () => {
    const inCode = (await allRefusals()).map(shown);
    expect(onPage.filter((sentence) => !inCode.includes(sentence))).toEqual([]);
    expect(onPage.filter((sentence, index) => onPage.indexOf(sentence) !== index)).toEqual([]);
  });

  it.each(SECTIONS)('describes $code: its status, what happened, why, and what to do', (section) => {
    const { code, under, text, statuses, said, rows } = section;
    if (code !== 'request_refused') {
      expect(said.length).toBeGreaterThan(0);
      expect([...new Set(said.map((one) => one.slice(0, 3)))].join(' or ')).toBe(statuses);
      expect(statuses).toContain(String(under));
    }
    expect(text).toMatch(/^- \*\*What happened\*\*: .+\.$/m);
    for (const row of rows) expect(row).toEqual([expect.any(String), expect.any(String), expect.any(String)]);
    for (const cell of rows.flat()) expect(cell).not.toBe('');
    if (rows.length > 0) return;
    expect(text).toMatch(/^- \*\*Why\*\*: .+\.$/m);
    expect(text).toMatch(/^- \*\*What to do\*\*: .+\.$/m);
  });

  it('has its statuses in order, with their titles', () => {
    const statuses = STATUSES.map(({ status }) => status);
    expect(statuses).toEqual([...new Set(statuses)].sort());
    expect(STATUSES.map(({ heading }) => heading)).toEqual(statuses.map((status) => `${status} ${TITLES[status]}`));
  });

  it('begins with a reply that the server gives', () => {
    const reply = JSON.parse(/```json\n([^]+?)```/.exec(PAGE)?.[1] ?? '') as unknown;
    const document = JSON.parse(readFileSync(join(__dirname, '..', '..', 'docs', 'openapi.json'), 'utf8'));
    const { examples } =
      document.paths['/api/buckets/{bucketId}/keys'].post.responses['400'].content['application/json'];
    expect(examples['several-problems-at-once'].value).toEqual(reply);
  });
});
