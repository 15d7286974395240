// test:all leaves PostgreSQL out: what is read and refused is the same on each database.
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { KeyVerifier } from '../../src/auth/key-verifier';
import { newKeyText } from '../../src/api-keys/key-text';
import { AppModule } from '../../src/app.module';
import { configureApp } from '../../src/app';
import { readConfig } from '../../src/common/config/config';
import { LeanExpressAdapter } from '../../src/common/http/lean-express.adapter';
import { AdminKeys } from '../../src/setup/admin-keys';
import { caller } from '../support/call';
import { createDatabase, startApp } from '../support/test-app';

describe('the whole application', () => {
  it("works under Nest's testing module", async () => {
    const database = await createDatabase();
    const config = readConfig({
      DATABASE_URL: database.url,
      DAKKIO_ADMIN_KEY: newKeyText('admin'),
      DAKKIO_SECRET_KEY: 'a secret of this test, and of no other',
    });
    const testing = await Test.createTestingModule({ imports: [AppModule.forRoot(config)] }).compile();
    const app = testing.createNestApplication<NestExpressApplication>(new LeanExpressAdapter(config), {
      bodyParser: false,
    });
    configureApp(app, config);
    await app.init();
    await app.get(AdminKeys).ensureFirst(config.presetAdminKey);
    await app.listen(0, '127.0.0.1');
    const call = caller(`http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}`);
    expect((await call('POST', '/api/buckets', { key: config.presetAdminKey, body: { name: 'x' } })).status).toBe(201);
    await app.close();
    await database.remove();
  });

  it('rejects malformed keys without a database lookup', async () => {
    const server = await startApp();
    const service = server.app.get(KeyVerifier);
    const ask = jest.spyOn(service as unknown as { find: () => unknown }, 'find');
    const good = newKeyText('read');
    for (const text of [
      '',
      'x',
      'dakkio_a_',
      good.slice(1),
      `${good}0`,
      good.replace('_r_', '_w_'),
      `${good}, ${good}`,
    ]) {
      expect(await service.verify(text)).toBeNull();
    }
    expect(ask).not.toHaveBeenCalled();
    expect(await service.verify(good)).toBeNull();
    expect(ask).toHaveBeenCalledTimes(1);
    await server.stop();
  });
});
