import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from './command';

/** Writes the API's description, of an application on an empty database. */
export const openApi: Command = async ([path = 'docs/openapi.json'], terminal) => {
  const { createApp } = await import('../app.js');
  const { readConfig } = await import('../common/config/config.js');
  const { openApiDocument } = await import('../common/openapi/openapi-document.js');
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-openapi-'));
  try {
    const environment = { DATABASE_URL: `sqlite:${join(folder, 'empty.db')}`, DAKKIO_LOG_LEVEL: 'error' };
    const app = await createApp(readConfig(environment));
    await app.init();
    writeFileSync(path, `${JSON.stringify(openApiDocument(app), null, 2)}\n`);
    await app.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
  terminal.err(`${path} is written`);
  return 0;
};
