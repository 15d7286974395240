// npm test runs this on PostgreSQL too: a revoked key is refused at once by every connection.
import { Controller, Get, Module, Post } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { ApiKeyGuard } from '../../src/auth/api-key.guard';
import { AuthModule } from '../../src/auth/auth.module';
import { CurrentKey, type CurrentApiKey } from '../../src/auth/current-key.decorator';
import { KeyMeter } from '../../src/auth/key-meter';
import { KeyVerifier } from '../../src/auth/key-verifier';
import { RefusalLog, type LoggedRefusal } from '../../src/auth/refusal-log';
import { Public, RequireAnyKey, RequireKeyType } from '../../src/auth/require-key-type.decorator';
import { readConfig } from '../../src/common/config/config';
import { ConfigModule } from '../../src/common/config/config.module';
import { ErrorFilter } from '../../src/common/error.filter';
import { LeanExpressAdapter } from '../../src/common/http/lean-express.adapter';
import { routeRules } from '../../src/auth/route-rights';
import { caller, type Call } from '../support/call';
import { refused, seen, UNAUTHORIZED } from '../support/refusals';

@Controller()
class Routes {
  @Get('open')
  @Public()
  open() {
    return { open: true };
  }

  @Get('any')
  @RequireAnyKey()
  any(@CurrentKey() { name }: CurrentApiKey) {
    return { name };
  }

  @Get('writers')
  @RequireKeyType(['admin', 'write'])
  writers() {
    return { writer: true };
  }

  @Get('admins')
  @RequireKeyType('admin')
  admins() {
    return { admin: true };
  }

  @Post('buckets')
  @RequireKeyType('admin', 'create buckets')
  createBucket() {
    return { created: true };
  }

  @Get('forgotten')
  forgotten() {
    return { secret: true };
  }
}

/** A verifier with three fixed keys that counts its calls. */
class ThreeKeys extends KeyVerifier {
  readonly asked: string[] = [];

  override verify(text: string): Promise<CurrentApiKey | null> {
    this.asked.push(text);
    const type = (['admin', 'write', 'read'] as const).find((word) => word === text);
    const key = { id: 'k', lineId: 'k', hint: 'abcd', organizationId: 'o', bucketId: null, createdAt: 0 };
    const free = {
      expiresAt: null,
      allowedIps: null,
      dataSourceId: null,
      writeOnly: false,
      selfRotation: true,
      sessionId: null,
      rateLimit: null,
      quota: null,
    };
    return Promise.resolve(type ? { ...key, ...free, type, name: `the ${type} key`, retires: null } : null);
  }

  override verifyTicket(): Promise<null> {
    return Promise.resolve(null);
  }

  override findValid(): Promise<never> {
    return Promise.reject(new Error('No route here has a stream'));
  }

  override retirePredecessor(): Promise<boolean> {
    return Promise.reject(new Error('None of the three replaces another'));
  }
}

/** The events that the guard reports for each request, in order. */
class Told extends KeyMeter implements RefusalLog {
  readonly all: string[] = [];

  override countRequest(keyId: string, { address }: { address: string }): void {
    this.all.push(`${keyId} let in from ${address}`);
  }

  override countRefusal(keyId: string): void {
    this.all.push(`${keyId} refused`);
  }

  override countPoints(): never {
    throw new Error('The guard knows of no points');
  }

  override quotaCount(): never {
    throw new Error('None of the three has a quota');
  }

  add({ by, method, path, message }: LoggedRefusal): void {
    this.all.push(`${by.kind === 'api key' ? by.name : by.kind}: ${method} ${path}: ${message}`);
  }
}

describe('the key guard on the smallest application', () => {
  const verifier = new ThreeKeys();
  const told = new Told();
  let app: NestExpressApplication;
  let call: Call;

  @Module({
    providers: [
      { provide: KeyVerifier, useValue: verifier },
      { provide: KeyMeter, useValue: told },
      { provide: RefusalLog, useValue: told },
    ],
    exports: [KeyVerifier, KeyMeter, RefusalLog],
  })
  class KeysModule {}

  @Module({
    imports: [ConfigModule.forRoot(readConfig({})), AuthModule.forRoot({ imports: [KeysModule] })],
    controllers: [Routes],
    providers: [
      { provide: APP_GUARD, useExisting: ApiKeyGuard },
      { provide: APP_FILTER, useClass: ErrorFilter },
    ],
  })
  class Small {}

  beforeAll(async () => {
    const testing = await Test.createTestingModule({ imports: [Small] }).compile();
    app = testing.createNestApplication<NestExpressApplication>(
      new LeanExpressAdapter({ ...readConfig({}), requestTimeoutSeconds: 5 }),
      {
        bodyParser: false,
      },
    );
    app.useLogger(false);
    await app.listen(0, '127.0.0.1');
    call = caller(`http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}`);
  });
  afterAll(() => app.close());

  it('allows a public route without checking the key', async () => {
    verifier.asked.length = 0;
    expect((await call('GET', '/open', { key: 'whatever' })).body).toEqual({ open: true });
    expect(verifier.asked).toEqual([]);
  });

  it('passes the key to the handler', async () => {
    expect((await call('GET', '/any', { key: 'read' })).body).toEqual({ name: 'the read key' });
    expect((await call('GET', '/any', { headers: { Authorization: 'bearer write' } })).body).toEqual({
      name: 'the write key',
    });
    expect(seen(await call('GET', '/any'))).toEqual(UNAUTHORIZED);
  });

  it('allows the key types of the route', async () => {
    for (const key of ['admin', 'write'])
      expect((await call('GET', '/writers', { key })).body).toEqual({ writer: true });
    expect(seen(await call('GET', '/writers', { key: 'read' }))).toEqual(
      refused(403, 'Forbidden', 'Read keys cannot modify data'),
    );
  });

  it('rejects other keys with a sentence that ends with the action of the decorator', async () => {
    expect((await call('POST', '/buckets', { key: 'admin' })).body).toEqual({ created: true });
    expect((await call('GET', '/admins', { key: 'admin' })).body).toEqual({ admin: true });
    for (const key of ['write', 'read']) {
      expect(seen(await call('POST', '/buckets', { key }))).toEqual(
        refused(403, 'Forbidden', 'Only Admin keys can create buckets'),
      );
      expect(seen(await call('GET', '/admins', { key }))).toEqual(
        refused(403, 'Forbidden', 'Only Admin keys can use this route'),
      );
    }
  });

  it('reads the rights of a module from its decorators', () => {
    const rights = routeRules(Small).map(({ route, rule }) => [
      route,
      typeof rule === 'object' ? [...rule.types, rule.writeOnly, rule.bound, rule.otherwise?.message] : rule,
    ]);
    expect(rights).toEqual([
      ['GET /open', 'public'],
      ['GET /any', ['admin', 'write', 'read', false, 'none', undefined]],
      ['GET /writers', ['admin', 'write', false, 'none', 'Read keys cannot modify data']],
      ['GET /admins', ['admin', false, 'none', 'Only Admin keys can use this route']],
      ['POST /buckets', ['admin', false, 'none', 'Only Admin keys can create buckets']],
      ['GET /forgotten', undefined],
    ]);
  });

  it('reports each request with a known key to the usage meter, and each denied one to the audit log', async () => {
    told.all.length = 0;
    await call('GET', '/writers?a=1', { key: 'write' });
    await call('GET', '/writers?a=1', { key: 'read' });
    await call('GET', '/writers?a=1', { key: 'unknown' });
    expect(told.all).toEqual([
      'k let in from 127.0.0.1',
      'k refused',
      'the read key: GET /writers: Read keys cannot modify data',
    ]);
  });

  it('denies a route without an access decorator', async () => {
    const { status, body } = await call('GET', '/forgotten', { key: 'admin' });
    expect([status, body]).toEqual([
      500,
      { error: 'Internal Server Error', message: 'Something went wrong on the server', requestId: expect.any(String) },
    ]);
  });
});
