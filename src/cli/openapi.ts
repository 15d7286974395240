import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from './command';

/** Writes the OpenAPI document of an application on an empty database and, into a page if one is named, the table of rights. */
export const openApi: Command = async ([path = 'docs/openapi.json', page], terminal) => {
  const { createApp } = await import('../app.js');
  const { readConfig } = await import('../common/config/config.js');
  const { AppModule } = await import('../app.module.js');
  const { withRightsTable } = await import('../auth/rights-table.js');
  const { routeRights } = await import('../auth/route-rights.js');
  const { openApiDocument } = await import('../common/openapi/openapi-document.js');
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-openapi-'));
  const config = readConfig({ DATABASE_URL: `sqlite:${join(folder, 'empty.db')}`, DAKKIO_LOG_LEVEL: 'error' });
  try {
    const app = await createApp(config);
    await app.init();
    writeFileSync(path, `${JSON.stringify(openApiDocument(app), null, 2)}\n`);
    await app.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
  if (page !== undefined) {
    const rights = routeRights(AppModule.forRoot(config));
    writeFileSync(page, withRightsTable(readFileSync(page, 'utf8'), rights));
  }
  terminal.err(page === undefined ? `Wrote ${path}` : `Wrote ${path} and the table of rights in ${page}`);
  return 0;
};
