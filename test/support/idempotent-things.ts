import { Body, Controller, Module, Param, Post } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { ErrorFilter } from '../../src/common/error.filter';
import { Documented } from '../../src/common/openapi/openapi';
import { IdField, TextField } from '../../src/common/validation/fields';
import type { LeanRequest } from '../../src/common/http/lean-messages';
import { RequestValidationGuard } from '../../src/common/validation/request-validation.guard';
import { newId } from '../../src/common/ids';
import { query } from '../../src/database/sql';
import { Writer } from '../../src/database/writer';
import { CurrentRetry, type Retry } from '../../src/idempotency/current-retry.decorator';
import { IdempotencyModule } from '../../src/idempotency/idempotency.module';
import { Idempotency } from '../../src/idempotency/idempotency.service';

export const OURS = 'a'.repeat(24);

class ShelfPath {
  @IdField('shelf ID', OURS)
  readonly shelfId: string;
}

class ThingBody {
  @TextField({ label: 'Name', maxLength: 100, required: true }, {})
  readonly name: string;

  @TextField({ label: 'Colour', maxLength: 100, required: false }, {})
  readonly colour?: string;
}

/** Creates "things". They are organizations, which depend on nothing else. */
@Controller('shelves')
export class Things {
  organizationId = OURS;
  broken = false;

  constructor(
    private readonly writer: Writer,
    private readonly idempotency: Idempotency,
  ) {}

  @Post(':shelfId')
  @Documented({ id: 'createThing', summary: 'Create a thing', status: 201, answer: ThingBody })
  one(@Param() _path: ShelfPath, @Body() { name }: ThingBody, @CurrentRetry() retry: Retry | undefined) {
    return this.make([name], retry);
  }

  @Post(':shelfId/bulk')
  many(@Param() _path: ShelfPath, @Body() { name }: ThingBody, @CurrentRetry({ many: true }) retry: Retry | undefined) {
    return this.make(name.split(','), retry);
  }

  @Post('self/rotate')
  self(@Body() { name }: ThingBody, @CurrentRetry() retry: Retry | undefined) {
    return this.make([name], retry);
  }

  private make(names: readonly string[], retry: Retry | undefined): Promise<{ ids: string[] }> {
    return this.writer.write(async (manager) => {
      const ids = names.map(() => newId());
      await this.idempotency.record(manager, this.organizationId, retry, ids);
      for (const [index, id] of ids.entries()) {
        const values = [id, names[index] ?? '', 0];
        await query(manager, 'INSERT INTO organizations (id, name, created_at) VALUES (?, ?, ?)', values);
      }
      if (this.broken) throw new Error('The disk is full');
      return { ids };
    });
  }
}

/** Uses the value of `X-API-Key` as the id of a key. */
class AnyKeyGuard {
  canActivate(context: { switchToHttp(): { getRequest(): LeanRequest } }): true {
    const request = context.switchToHttp().getRequest();
    request.caller = { id: request.headers['x-api-key'] };
    return true;
  }
}

@Module({
  imports: [IdempotencyModule],
  controllers: [Things],
  providers: [
    { provide: APP_GUARD, useClass: AnyKeyGuard },
    { provide: APP_GUARD, useClass: RequestValidationGuard },
    { provide: APP_FILTER, useClass: ErrorFilter },
  ],
})
export class ThingsModule {}
