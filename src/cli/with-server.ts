import 'reflect-metadata';
import { userInfo } from 'node:os';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module';
import { readConfig, type DatabaseUse } from '../common/config/config';
import type { Actor } from '../common/audit-event';
import { ServerLogger } from '../common/logger';
import { Writer } from '../database/writer';

/** The operator, as the audit log names them. */
export function operator(): Actor {
  return { kind: 'command line', user: systemUser() };
}

/**
 * Calls `work` with the server's services, whether a server runs or not.
 *
 * @param databaseUse whether the command may create a database or a secret where there is none
 */
export async function withServer<T>(
  work: (server: INestApplicationContext) => Promise<T>,
  databaseUse: DatabaseUse = 'existing',
): Promise<T> {
  // A person waits: without a database the command fails at once.
  const module = AppModule.forRoot({ ...readConfig(process.env), databaseUse, databaseWaitSeconds: 0 });
  const server = await NestFactory.createApplicationContext(module, {
    logger: new ServerLogger('error'),
    abortOnError: false,
  });
  server.get(Writer).liftDeadlines();
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

/** A container can run as a user without a name. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
