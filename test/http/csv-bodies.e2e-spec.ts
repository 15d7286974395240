import { gzipSync } from 'node:zlib';
import type { NestExpressApplication } from '@nestjs/platform-express';
import fc from 'fast-check';
import { type Problem } from '../../src/common/errors';
import { type Call } from '../support/call';
import { startNestedApp } from '../support/nested-routes';

let app: NestExpressApplication;
let call: Call;
beforeAll(async () => ({ app, call } = await startNestedApp()));
afterAll(() => app.close());

/** The reply to a body: the parsed body, or the problems. */
async function post(path: string, body: unknown): Promise<unknown> {
  const { status, body: said } = await call('POST', path, { body });
  if (status === 200) return JSON.parse(said.given as string);
  expect([status, said.error, said.message]).toEqual([
    400,
    'Validation Error',
    said.details?.[0].message ?? said.message,
  ]);
  return said.details ?? said.message;
}

const problem = (path: Problem['path'], message: string): Problem => ({ path: ['body', ...path], message });
const items = (...given: unknown[]) => post('/items', { items: given });

const LIST = 'items must be a list of 1 to 500 items';
const NAME = 'Item name is required';
const TYPE = "Item type must be 'a' or 'b'";

describe('a CSV body', () => {
  const send = async (csv: string | Buffer, headers: Record<string, string> = {}) => {
    const url = `http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}/items`;
    const sent = await fetch(url, { method: 'POST', body: csv, headers: { 'Content-Type': 'text/csv', ...headers } });
    const body = (await sent.json()) as Record<string, unknown>;
    return sent.status === 200 ? (JSON.parse(body.given as string) as unknown) : [sent.status, body];
  };
  const two = { items: [{ name: 'Lamp', type: 'a' }, { name: 'Fan', type: 'b' }] }; // prettier-ignore
  const refused = (message: string) => [400, { error: 'Validation Error', message }];
  const HEADER = 'The first line of the CSV must name the columns name,type';
  const NOT_CSV = 'Request body is not valid CSV';

  it.each([
    ['LF', 'name,type\nLamp,a\nFan,b\n'],
    ['CRLF', 'name,type\r\nLamp,a\r\nFan,b\r\n'],
    ['both', 'name,type\r\nLamp,a\nFan,b\r\n'],
    ['no line end after the last row', 'name,type\nLamp,a\nFan,b'],
    ['a byte order mark', '\uFEFFname,type\nLamp,a\nFan,b\n'],
    ['empty lines', '\n\r\nname,type\n\nLamp,a\n\r\n\nFan,b\n\n\n'],
    ['quotes', '"name","type"\r\n"Lamp","a"\r\n"Fan","b"'],
    ['its columns in another order', 'type,name\na,Lamp\nb,Fan\n'],
    ['blanks in its header', ' name, type\nLamp,a\nFan,b\n'],
    ['semicolons', 'name;type\nLamp;a\nFan;b\n'],
  ])('is parsed to the same values as JSON, with %s', async (_what, csv) => {
    expect(await send(csv)).toEqual(two);
  });

  it('keeps cells as they were sent', async () => {
    expect(await send('name,type\n Lamp ,a\n"1,""2""",b\n')).toEqual({
      items: [{ name: ' Lamp ', type: 'a' }, { name: '1,"2"', type: 'b' }], // prettier-ignore
    });
  });

  it.each([
    'text/csv',
    'text/csv; charset=utf-8',
    'TEXT/CSV;CHARSET="UTF-8";header=present',
    'text/csv; header=present',
  ])('may be sent as %s', async (type) => {
    expect(await send('name,type\nLamp,a\nFan,b\n', { 'Content-Type': type })).toEqual(two);
  });

  it('may be compressed', async () => {
    expect(await send(gzipSync('name,type\nLamp,a\nFan,b\n'), { 'Content-Encoding': 'gzip' })).toEqual(two);
  });

  it('reports problems by row, from 0 on', async () => {
    expect(await send('name,type\nLamp,a\n,c\n')).toEqual([
      400,
      {
        error: 'Validation Error',
        message: NAME,
        details: [problem(['items', 1, 'name'], NAME), problem(['items', 1, 'type'], TYPE)],
      },
    ]);
  });

  it.each([
    ['nothing', ''],
    ['empty lines', '\n\n'],
    ['no header', 'Lamp,a\n'],
    ['one column', 'name\nLamp\n'],
    ['the same column twice', 'name,name\nLamp,a\n'],
    ['other letters', 'Name,Type\nLamp,a\n'],
    ['a comment, and rows of another length after it', '# lamps\nname,type\nLamp,a\n'],
    ['Markdown', '| name | type |\n'],
    ['old line ends', 'name,type\rLamp,a\r'],
    ['UTF-16', Buffer.from('name,type\nLamp,a\n', 'utf16le')],
    ['NUL', '\0'],
  ])('is refused for its first line: %s', async (_what, csv) => {
    expect(await send(csv)).toEqual(refused(HEADER));
  });

  it.each([
    ['a column too many', 'name,type,admin\nLamp,a,true\n', 'Unknown CSV column: admin'],
    ['one twice besides', 'name,type,type\nLamp,a,a\n', 'The CSV names the column type more than once'],
  ])('is refused by the name of the column: %s', async (_what, csv, message) => {
    expect(await send(csv)).toEqual(refused(message));
  });

  it.each([
    ['an open quote', 'name,type\nLamp,a\n"Fan,b\n'],
    ['an open quote at the end of the last row that fits', `name,type\n${'Lamp,a\n'.repeat(499)}"Fan,b\n`],
    ['JSON', '{"items":[]}'],
    ['a quote within a cell', 'name,type\nLa"mp,a\n'],
    ['text after a quote', 'name,type\n"La"mp,a\n'],
    ['a cell too few', 'name,type\nLamp,a\nFan\n'],
    ['a cell too many', 'name,type\nLamp,a\nFan,b,c\n'],
    ['a line of blanks', 'name,type\nLamp,a\n  \n'],
    ['a row of more than 64 KiB', `name,type\nLamp,${'x'.repeat(65_536)}\n`],
    ['four million cells', `name,type\n${','.repeat(4_000_000)}`],
    ['an open quote in the first line', '"name,type\nLamp,a\n'],
  ])('is refused completely: %s', async (_what, csv) => {
    expect(await send(csv)).toEqual(refused(NOT_CSV));
  });

  it('is refused when it is not UTF-8, is not valid gzip, or has another charset', async () => {
    expect(await send(Buffer.from('name,type\nGew\u00e4chs,a\n', 'latin1'))).toEqual(
      refused('Request body is not valid UTF-8'),
    );
    expect(await send('name,type\n', { 'Content-Encoding': 'gzip' })).toEqual(
      refused('Request body is not valid gzip'),
    );
    expect(await send('name,type\n', { 'Content-Type': 'text/csv; charset=latin1' })).toMatchObject([415, {}]);
  });

  it('has the same limit of rows as the list', async () => {
    expect(await send('name,type\n')).toEqual(refused(LIST));
    expect(await send(`name,type\n${'Lamp,a\n'.repeat(500)}`)).toMatchObject({ items: { length: 500 } });
    expect(await send(`name,type\n${'Lamp,a\n'.repeat(501)}`)).toEqual(refused(LIST));
    expect(await send(`name,type\n${'Lamp,a\n'.repeat(500_000)}`)).toEqual(refused(LIST));
  });

  it('has the same limit of bytes as JSON', async () => {
    expect(await send('x'.repeat(4_194_305))).toMatchObject([413, { error: 'Payload Too Large' }]);
    expect(await send(gzipSync('x'.repeat(4_194_305)), { 'Content-Encoding': 'gzip' })).toMatchObject([413, {}]);
  });

  it('is accepted only by its routes, and the error of other routes names only JSON', async () => {
    const headers = { 'Content-Type': 'text/plain' };
    const both = await call('POST', '/items', { body: 'x', headers });
    expect([both.status, both.body.message]).toEqual([415, 'Content-Type must be application/json or text/csv']);
    const json = await call('POST', '/everything', { body: 'x', headers: { 'Content-Type': 'text/csv' } });
    expect([json.status, json.body.message]).toEqual([415, 'Content-Type must be application/json']);
  });

  it('is parsed to exactly what was written, for any content', async () => {
    const name = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 9 }).filter((text) => text.trim() !== '');
    const rows = fc.array(fc.record({ name, type: fc.constantFrom('a', 'b') }), { minLength: 1, maxLength: 5 });
    const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const property = fc.asyncProperty(rows, async (given) => {
      const csv = given.map((row) => `${cell(row.name)},${row.type}\n`).join('');
      expect(await send(`name,type\n${csv}`)).toEqual(await items(...given));
    });
    await fc.assert(property, { numRuns: 50 });
  });
});
