import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { readConfig } from '../../src/common/config/config';
import { ConfigModule } from '../../src/common/config/config.module';
import { ErrorFilter } from '../../src/common/error.filter';
import { refusal } from '../../src/common/errors';
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
import { caller, type Call } from './call';

/** A time in the future. */
export const LATER = '2999-01-31T12:00:00Z';

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

/** The smallest application with these routes, and a client of it. */
export async function startNestedApp(): Promise<{ app: NestExpressApplication; call: Call }> {
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
  const app = testing.createNestApplication<NestExpressApplication>(adapter, { bodyParser: false });
  app.useLogger(false);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  return { app, call: caller(`http://127.0.0.1:${port}`) };
}
