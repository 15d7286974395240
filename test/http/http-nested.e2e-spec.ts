import { gzipSync } from 'node:zlib';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { Spectral, type RulesetDefinition } from '@stoplight/spectral-core';
import { oas } from '@stoplight/spectral-rulesets';
import fc from 'fast-check';
import { readConfig } from '../../src/common/config/config';
import { ConfigModule } from '../../src/common/config/config.module';
import { ErrorFilter } from '../../src/common/error.filter';
import { refusal, type Problem } from '../../src/common/errors';
import {
  AddressesField,
  BooleanField,
  ChoiceField,
  FutureTimeField,
  IdField,
  ListField,
  MetadataField,
  ObjectField,
  TextField,
  WholeNumberField,
} from '../../src/common/validation/fields';
import { BulkBody } from '../../src/common/http/bulk-body';
import { FromCsv } from '../../src/common/http/csv-body';
import { LeanExpressAdapter } from '../../src/common/http/lean-express.adapter';
import { RequestValidationGuard } from '../../src/common/validation/request-validation.guard';
import { Documented, mayRefuse, RequestExamples } from '../../src/common/openapi/openapi';
import { openApiDocument } from '../../src/common/openapi/openapi-document';
import { caller, type Call } from '../support/call';

const LATER = '2999-01-31T12:00:00Z';

class Rate {
  @WholeNumberField(
    { label: 'rate.limit', least: 1, most: 1000, required: true },
    { description: 'So many', example: 5 },
  )
  readonly limit: number;

  @WholeNumberField(
    { label: 'rate.windowSeconds', least: 1, most: 60, required: true },
    { description: 'In so long', example: 60 },
  )
  readonly windowSeconds: number;
}

class Item {
  @TextField({ label: 'Item name', maxLength: 10, required: true }, { description: 'Its name', example: 'Lamp' })
  readonly name: string;

  @ChoiceField(
    { values: ['a', 'b'], required: true, message: "Item type must be 'a' or 'b'" },
    { description: 'Its type', example: 'a' },
  )
  readonly type: string;

  @ObjectField(Rate, { label: 'rate' }, { description: 'Its rate' })
  readonly rate?: Rate;

  @AddressesField({ label: 'allowedIps', most: 3 }, { description: 'Where from', example: ['10.0.0.0/8'] })
  readonly allowedIps?: readonly string[];
}

@BulkBody()
class Everything {
  @ObjectField(Rate, { label: 'rate', clearable: true }, { description: 'A rate, or none' })
  readonly rate?: Rate | null;

  @FutureTimeField({ label: 'expiresAt', clearable: true }, { description: 'The end', example: LATER })
  readonly expiresAt?: number | null;

  @BooleanField({ label: 'enabled' }, { description: 'Whether it is on', example: true })
  readonly enabled?: boolean;

  @AddressesField({ label: 'allowedIps', most: 3, clearable: true }, { description: 'Where from', example: ['::1'] })
  readonly allowedIps?: readonly string[] | null;

  @MetadataField({ label: 'metadata', clearable: true }, { description: 'Notes', example: { room: 'hall' } })
  readonly metadata?: Readonly<Record<string, string>> | null;

  @IdField('source ID', '507f1f77bcf86cd799439014', { required: false, description: 'The source' })
  readonly sourceId?: string;

  @WholeNumberField({ label: 'count', least: 0, most: 9 }, { description: 'How many', example: 3 })
  readonly count?: number;
}

/** The same without `null`, which means "not given". */
class Unclearable {
  @ObjectField(Rate, { label: 'rate' }, {})
  readonly rate?: Rate;

  @FutureTimeField({ label: 'expiresAt' }, {})
  readonly expiresAt?: number;

  @AddressesField({ label: 'allowedIps', most: 3 }, {})
  readonly allowedIps?: readonly string[];

  @MetadataField({ label: 'metadata' }, {})
  readonly metadata?: Readonly<Record<string, string>>;
}

@RequestExamples({ 'Two lamps': { items: [{ name: 'Lamp, red', type: 'a' }, { name: 'Lamp', type: 'b' }] } }) // prettier-ignore
@BulkBody()
@FromCsv({ columns: ['name', 'type'], field: 'items' })
class Items {
  @ListField(Item, { label: 'items', least: 1, most: 500, itemLabel: 'item' }, { description: 'All of them' })
  readonly items: readonly Item[];
}

class Given {
  @ApiProperty({ type: String, description: 'What the handler got', example: '{}' })
  readonly given: string;
}

const KEYED = [
  refusal(401, 'unauthorized', 'No'),
  refusal(403, 'address_not_allowed', 'Not from here'),
  refusal(403, 'admin_key_required', 'Only Admin keys may'),
  refusal(429, 'rate_limit_exceeded', 'Too many: <time>'),
];
const answer = { status: 200, answer: Given, description: 'Gives back what was sent.' } as const;

@ApiTags('Test')
@Controller()
class Routes {
  @Post('everything')
  @HttpCode(200)
  @Documented({ ...answer, id: 'everything', summary: 'Take everything' })
  everything(@Body() body: Everything): Given {
    return { given: JSON.stringify(body) };
  }

  @Post('unclearable')
  @HttpCode(200)
  unclearable(@Body() body: Unclearable): Given {
    return { given: JSON.stringify(body) };
  }

  @Post('items')
  @HttpCode(200)
  @Documented({ ...answer, id: 'items', summary: 'Take items', example: { given: '{}' }, answerCsv: 'given\n{}\n' })
  @mayRefuse(...KEYED)
  items(@Body() body: Items): Given {
    for (const item of body.items) if (!(item instanceof Item)) throw new Error('An item is no Item');
    return { given: JSON.stringify(body) };
  }
}

let app: NestExpressApplication;
let call: Call;
beforeAll(async () => {
  @Module({
    imports: [ConfigModule.forRoot(readConfig({}))],
    controllers: [Routes],
    providers: [
      { provide: APP_GUARD, useClass: RequestValidationGuard },
      { provide: APP_FILTER, useClass: ErrorFilter },
    ],
  })
  class Small {}
  const testing = await Test.createTestingModule({ imports: [Small] }).compile();
  const adapter = new LeanExpressAdapter({ ...readConfig({}), requestTimeoutSeconds: 5 });
  app = testing.createNestApplication<NestExpressApplication>(adapter, { bodyParser: false });
  app.useLogger(false);
  await app.listen(0, '127.0.0.1');
  call = caller(`http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}`);
});
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
const RATE = 'rate must be an object with limit and windowSeconds';
const LIMIT = 'rate.limit must be a whole number from 1 to 1000';
const WINDOW = 'rate.windowSeconds must be a whole number from 1 to 60';
const TIME = 'expiresAt must be an RFC 3339 time with an offset, such as 2030-01-31T12:00:00Z';
const ADDRESSES = 'allowedIps must be a list of up to 3 IP addresses and CIDR ranges';
const ADDRESS = 'allowedIps must hold IP addresses and CIDR ranges such as 192.168.1.20 or 10.0.0.0/8';
const MAPPED = 'IPv4 addresses must not be written inside IPv6';
const FIRST = 'A CIDR range must begin with its first address';
const NOTES = 'metadata must be an object whose values are strings';
const NOTE_NAME = 'metadata names must have 1 to 64 characters, and no control characters';
const NOTE = 'metadata values must be strings';
const NOTE_ZERO = 'metadata values must not contain the character U+0000';
const NOTE_HALF = 'metadata must not contain half of a surrogate pair';
const NOTE_BYTES = 'metadata must be 2048 bytes or less as JSON';

describe('an object within a body', () => {
  it('reaches the handler with its validated fields', async () => {
    expect(await post('/everything', { rate: { windowSeconds: 60, limit: 5 } })).toEqual({
      rate: { limit: 5, windowSeconds: 60 },
    });
  });

  it.each([
    [{ rate: [] }, RATE],
    [{ rate: 5 }, RATE],
    [{ rate: 'x' }, RATE],
    [{ rate: false }, RATE],
  ])('of the wrong type is refused with one problem: %j', async (body, message) => {
    expect(await post('/everything', body)).toBe(message);
  });

  it.each([
    [{ limit: 0, windowSeconds: 60 }, [problem(['rate', 'limit'], LIMIT)]],
    [{ limit: null, windowSeconds: 60 }, [problem(['rate', 'limit'], LIMIT)]],
    [{}, [problem(['rate', 'limit'], LIMIT), problem(['rate', 'windowSeconds'], WINDOW)]],
    [{ limit: 5, windowSeconds: 60, x: 1 }, [problem(['rate', 'x'], 'Unknown property: x')]],
    ['{"limit":5,"windowSeconds":60,"toString":1}', [problem(['rate', 'toString'], 'Unknown property: toString')]],
  ])('is refused with the problems of its fields: %j', async (rate, details) => {
    const body = typeof rate === 'string' ? `{"rate":${rate}}` : { rate };
    expect(await post('/everything', body)).toEqual(details);
  });

  it('has its problems in the order of the fields, and unknown names last', async () => {
    const body = { z: 1, rate: { y: 1, limit: 0 }, enabled: 1, expiresAt: 'soon' };
    expect(await post('/everything', body)).toEqual([
      problem(['rate', 'limit'], LIMIT),
      problem(['rate', 'windowSeconds'], WINDOW),
      problem(['expiresAt'], TIME),
      problem(['enabled'], 'enabled must be true or false'),
      problem(['rate', 'y'], 'Unknown property: y'),
      problem(['z'], 'Unknown property: z'),
    ]);
  });

  it('is cleared by null if it is nullable, and otherwise counts as not given', async () => {
    const nulls = { rate: null, expiresAt: null, allowedIps: null, metadata: null };
    expect(await post('/everything', { ...nulls, enabled: null, sourceId: null, count: null })).toEqual(nulls);
    expect(await post('/unclearable', nulls)).toEqual({});
  });
});

describe('a list of objects', () => {
  it('reaches the handler as instances with their validated fields', async () => {
    const given = [
      { name: 'Lamp', type: 'a', rate: { limit: 5, windowSeconds: 60 } },
      { name: 'A\u0308', type: 'b', rate: null },
    ];
    expect(await items(...given)).toEqual({ items: [given[0], { name: '\u00c4', type: 'b' }] });
  });

  it.each([
    [{}],
    [{ items: null }],
    [{ items: {} }],
    [{ items: 'x' }],
    [{ items: [] }],
    [{ items: Array(501).fill({}) }],
  ])('is refused with one problem when it is not a list of the right length', async (body) => {
    expect(await post('/items', body)).toBe(LIST);
  });

  it('reports every invalid item and its problems', async () => {
    const lamp = { name: 'Lamp', type: 'a' };
    expect(
      await items(
        { name: '', type: 1 },
        lamp,
        7,
        null,
        [],
        { ...lamp, admin: true, rate: { limit: 5 } },
        {
          ...lamp,
          allowedIps: ['::1', 'x'],
        },
      ),
    ).toEqual([
      problem(['items', 0, 'name'], NAME),
      problem(['items', 0, 'type'], TYPE),
      problem(['items', 2], 'Each item must be an object'),
      problem(['items', 3], 'Each item must be an object'),
      problem(['items', 4], 'Each item must be an object'),
      problem(['items', 5, 'rate', 'windowSeconds'], WINDOW),
      problem(['items', 6, 'allowedIps', 1], ADDRESS),
      problem(['items', 5, 'admin'], 'Unknown property: admin'),
    ]);
  });

  it('refuses nested names that pollute prototypes', async () => {
    expect(await post('/items', '{"items":[{"name":"Lamp","type":"a","__proto__":{"admin":true}}]}')).toEqual([
      problem(['items', 0, '__proto__'], 'Unknown property: __proto__'),
    ]);
  });

  it('reports at most the first 100 problems', async () => {
    const details = (await items(...Array(500).fill({}))) as Problem[];
    expect([details.length, details.at(-1)]).toEqual([100, problem(['items', 49, 'type'], TYPE)]);
  });

  it('reports known fields before any number of unknown ones', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`p${index}`, 1]));
    const details = (await items(...Array(400).fill({ name: 'Lamp', type: 'a', ...unknown }), {})) as Problem[];
    expect(details.slice(0, 3)).toEqual([
      problem(['items', 400, 'name'], NAME),
      problem(['items', 400, 'type'], TYPE),
      problem(['items', 0, 'p0'], 'Unknown property: p0'),
    ]);
    expect(details).toHaveLength(100);
  });
});

describe('a value', () => {
  it.each([
    [{ expiresAt: LATER }, { expiresAt: Date.parse(LATER) }],
    [{ expiresAt: '2999-01-31 14:00:00.0009+02:00' }, { expiresAt: Date.parse(LATER) }],
    [{ enabled: false }, { enabled: false }],
    [{ allowedIps: [] }, { allowedIps: [] }],
    [{ allowedIps: ['2001:DB8::/32', '::1', '::1'] }, { allowedIps: ['2001:db8::/32', '::1', '::1'] }],
    [{ metadata: {} }, { metadata: {} }],
    [{ metadata: { toString: 'x', '<name>': '', 'A\u0308': 'a\u0308\n' } }, undefined],
    [{ metadata: { ['🌱'.repeat(64)]: 'x'.repeat(1000) } }, undefined],
    [{ sourceId: '507F1F77BCF86CD799439014' }, { sourceId: '507f1f77bcf86cd799439014' }],
  ])('is accepted: %j', async (body, given) => {
    expect(await post('/everything', body)).toEqual(given ?? body);
  });

  const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`n${index}`, '']));
  it.each([
    [{ expiresAt: '2030-02-30T12:00:00Z' }, TIME],
    [{ expiresAt: 4102444800000 }, TIME],
    [{ expiresAt: '' }, TIME],
    [{ expiresAt: [LATER] }, TIME],
    [{ expiresAt: '2001-01-01T00:00:00Z' }, 'Expiry must be in the future'],
    [{ enabled: 'true' }, 'enabled must be true or false'],
    [{ enabled: 0 }, 'enabled must be true or false'],
    [{ allowedIps: '10.0.0.1' }, ADDRESSES],
    [{ allowedIps: { 0: '10.0.0.1', length: 1 } }, ADDRESSES],
    [{ allowedIps: ['::1', '::1', '::1', '::1'] }, ADDRESSES],
    [{ allowedIps: ['::1', 'localhost'] }, [problem(['allowedIps', 1], ADDRESS)]],
    [{ allowedIps: ['10.0.0.0/33'] }, [problem(['allowedIps', 0], ADDRESS)]],
    [{ allowedIps: ['::1', null] }, [problem(['allowedIps', 1], ADDRESS)]],
    [{ allowedIps: [['::1']] }, [problem(['allowedIps', 0], ADDRESS)]],
    [{ allowedIps: ['::FFFF:10.0.0.1'] }, [problem(['allowedIps', 0], MAPPED)]],
    [{ allowedIps: ['::1', '::1', '10.0.0.1/8'] }, [problem(['allowedIps', 2], FIRST)]],
    [{ metadata: [] }, NOTES],
    [{ metadata: 'x' }, NOTES],
    [{ metadata: many }, 'metadata must have 20 entries or less'],
    [{ metadata: { room: 1 } }, [problem(['metadata', 'room'], NOTE)]],
    [{ metadata: { room: null } }, [problem(['metadata', 'room'], NOTE)]],
    [{ metadata: { a: 'x', room: { a: 'x' } } }, [problem(['metadata', 'room'], NOTE)]],
    [{ metadata: { '': 'x' } }, [problem(['metadata', ''], NOTE_NAME)]],
    [{ metadata: { 'a\nb': 'x' } }, [problem(['metadata', 'a\nb'], NOTE_NAME)]],
    [{ metadata: { ['x'.repeat(65)]: 'x' } }, [problem(['metadata', 'x'.repeat(65)], NOTE_NAME)]],
    [{ metadata: { a: 'x\0' } }, [problem(['metadata', 'a'], NOTE_ZERO)]],
    [{ metadata: { a: '\ud800' } }, [problem(['metadata', 'a'], NOTE_HALF)]],
    [{ metadata: { '\udc00': 'x' } }, [problem(['metadata', '\udc00'], NOTE_HALF)]],
    [{ metadata: { a: 'ä'.repeat(1021) } }, NOTE_BYTES],
    [{ sourceId: 'nope' }, 'Invalid source ID format'],
    [{ sourceId: ['507f1f77bcf86cd799439014'] }, 'Invalid source ID format'],
  ])('is refused: %j', async (body, said) => {
    expect(await post('/everything', body)).toEqual(said);
  });

  it('may equal its bound', async () => {
    const metadata = { a: 'ä'.repeat(1020) };
    expect(Buffer.byteLength(JSON.stringify(metadata))).toBe(2048);
    expect(await post('/everything', { metadata })).toEqual({ metadata });
  });

  it.each(['__proto__', 'constructor', 'prototype'])('of metadata cannot be named %s', async (name) => {
    expect(await post('/everything', `{"metadata":{"${name}":"x"}}`)).toEqual([
      problem(['metadata', name], `Unknown property: ${name}`),
    ]);
  });

  it('of any type is accepted or refused without a 5xx', async () => {
    const names = ['rate', 'expiresAt', 'enabled', 'allowedIps', 'metadata', 'sourceId', 'count', 'items'];
    const inner = ['limit', 'windowSeconds', 'name', 'type', 'toString', 'length', 'then', 'valueOf', 'hasOwnProperty'];
    const text = fc.oneof(fc.constantFrom('::1', '10.0.0.0/8', LATER, 'a'), fc.string({ unit: 'binary' }));
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(fc.constantFrom(...inner), text), tie('value'), { maxKeys: 4 }),
      ),
    }));
    const body = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 });
    const property = fc.asyncProperty(
      body,
      fc.constantFrom('/everything', '/unclearable', '/items'),
      async (sent, to) => {
        const { status } = await call('POST', to, { body: JSON.stringify(sent) });
        expect([200, 400]).toContain(status);
      },
    );
    await fc.assert(property, { numRuns: 500 });
  });

  it.each([
    ['a text', 'x'.repeat(4_000_000)],
    ['slashes', ['/'.repeat(4_000_000)]],
    ['a list', Array(1_000_000).fill(1)],
    ['an object', Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`n${index}`, '']))],
  ])('of the wrong size is refused for every field: %s', async (_what, value) => {
    for (const name of ['rate', 'expiresAt', 'enabled', 'allowedIps', 'metadata', 'sourceId', 'count', 'items']) {
      const { status } = await call('POST', name === 'items' ? '/items' : '/everything', { body: { [name]: value } });
      expect([name, status]).toEqual([name, 400]);
    }
  });
});

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

describe('the OpenAPI document', () => {
  const document = () => JSON.parse(JSON.stringify(openApiDocument(app)));

  it("passes Spectral's rules", async () => {
    const spectral = new Spectral();
    spectral.setRuleset({ extends: [oas as RulesetDefinition] });
    const { paths, ...rest } = document();
    delete paths['/unclearable'];
    const said = await spectral.run({ ...rest, paths });
    // The tags and components of the whole application.
    expect(
      said.filter(({ code }) => !['operation-tag-defined', 'oas3-unused-component'].includes(String(code))),
    ).toEqual([]);
  });

  it('describes nested fields, and allows no additional properties', () => {
    const { schemas } = document().components;
    expect(schemas.Items.properties.items).toEqual({
      description: 'All of them',
      minItems: 1,
      maxItems: 500,
      type: 'array',
      items: { $ref: '#/components/schemas/Item' },
    });
    expect(schemas.Everything.properties.rate).toEqual({
      description: 'A rate, or none',
      type: 'object',
      nullable: true,
      allOf: [{ $ref: '#/components/schemas/Rate' }],
    });
    expect(schemas.Rate).toMatchObject({ required: ['limit', 'windowSeconds'], additionalProperties: false });
    expect([schemas.Item.additionalProperties, schemas.Items.additionalProperties]).toEqual([false, false]);
    expect(schemas.Everything.properties.metadata.additionalProperties).toEqual({ type: 'string' });
    expect(schemas.Given).not.toHaveProperty('additionalProperties');
  });

  it('describes CSV bodies and replies beside the JSON ones', () => {
    const { requestBody, responses, ...operation } = document().paths['/items'].post;
    expect(requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/Items' },
          examples: { 'two-lamps': { summary: 'Two lamps', value: expect.any(Object) } },
        },
        'text/csv': { schema: { type: 'string' }, example: 'name,type\n"Lamp, red",a\nLamp,b\n' },
      },
    });
    expect(responses['200'].content).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/Given' }, example: { given: '{}' } },
      'text/csv': { schema: { type: 'string' }, example: 'given\n{}\n' },
    });
    expect(operation).not.toHaveProperty('x-csv-example');
  });

  it('lists every error of nested fields and CSV bodies', () => {
    const { responses, description } = document().paths['/items'].post;
    const said = (status: string) =>
      Object.values<any>(responses[status].content['application/json'].examples).map(({ value }) => value.message);
    expect(said('400')).toEqual(
      expect.arrayContaining([
        ...[LIST, 'Each item must be an object', NAME, TYPE, RATE, LIMIT, WINDOW, ADDRESSES, ADDRESS, MAPPED, FIRST],
        'Request body is not valid CSV',
        'The first line of the CSV must name the columns name,type',
      ]),
    );
    expect(said('415')).toEqual(['Content-Type must be application/json or text/csv']);
    expect(said('429')).toEqual(['Too many: 2024-01-15T10:06:00.000Z']);
    expect(description).toBe('Gives back what was sent.\n\nOnly Admin keys may.');
    expect(responses['400'].content['application/json'].examples['several-problems-at-once'].value.details).toEqual([
      problem(['items', 0, 'name'], NAME),
      problem(['items', 0, 'type'], TYPE),
    ]);
  });

  it('documents the limit headers of routes that need a key, and Retry-After of 429', () => {
    const { paths } = document();
    const namesOf = (path: string, status: string) => Object.keys(paths[path].post.responses[status].headers as object);
    const limits = ['RateLimit', 'RateLimit-Policy', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'];
    expect(namesOf('/items', '200')).toEqual(['X-Request-Id', 'Cache-Control', ...limits]);
    expect(namesOf('/items', '429')).toEqual(['X-Request-Id', 'X-Error-Code', 'Link', 'Retry-After', ...limits]);
    expect(namesOf('/everything', '200')).toEqual(['X-Request-Id', 'Cache-Control']);
  });
});
