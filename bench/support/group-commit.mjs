// Key creation without HTTP, on the server's own classes, by many callers at once or by one after another.
import { performance } from 'node:perf_hooks';
import { NestFactory } from '@nestjs/core';
import { built, newBucket, SERVER } from './in-process.mjs';
import { CONNECTIONS } from './load.mjs';

/**
 * Opens the database of this path as the server does.
 *
 * @returns `together`, 32 callers, who share commits, and `alone`, one caller, who gets a commit for each key
 */
export async function openKeyService(path) {
  const { AppModule } = built('app.module.js');
  const { readConfig } = built('common', 'config', 'config.js');
  const config = readConfig({ DATABASE_URL: `sqlite:${path}`, DAKKIO_KEYS_PER_BUCKET: '1000000' });
  const context = await NestFactory.createApplicationContext(AppModule.forRoot(config), { logger: ['warn', 'error'] });
  await context.get(built('setup', 'admin-keys.js').AdminKeys).ensureFirst(undefined);
  const scope = await newBucket(context);
  const service = context.get(built('api-keys', 'key.service.js').KeyService);
  const create = () => service.create(SERVER, scope, { name: 'Living Room Sensor', type: 'write' });
  return {
    together: (seconds) => repeat(create, CONNECTIONS, seconds),
    alone: (seconds) => repeat(create, 1, seconds),
    close: () => context.close(),
  };
}

async function repeat(work, callers, seconds) {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const endsAt = startedAt + seconds * 1000;
  let answered = 0;
  const caller = async () => {
    while (performance.now() < endsAt) {
      await work();
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    perSecond: (answered / (performance.now() - startedAt)) * 1000,
    answered,
    cpuSeconds: (user + system) / 1e6,
  };
}
