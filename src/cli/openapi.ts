import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from './command';

/** Writes the OpenAPI document of an application on an empty database and, into a page if one is named, the table of rights. */
export const openApi: Command = async ([path = 'docs/openapi.json', page], terminal) => {
  const { createApp } = await import('../app.js');
  const { readConfig } = await import('../common/config/config.js');
  const { withRightsTable } = await import('../auth/rights-table.js');
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
  if (page !== undefined) writeFileSync(page, withRightsTable(readFileSync(page, 'utf8')));
  terminal.err(page === undefined ? `Wrote ${path}` : `Wrote ${path} and the table of rights in ${page}`);
  return 0;
};
