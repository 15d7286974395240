// npm test leaves this out: a linter of API documents, which takes half a minute.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Spectral, type RulesetDefinition } from '@stoplight/spectral-core';
import { oas } from '@stoplight/spectral-rulesets';

it("docs/openapi.json passes Spectral's rules for OpenAPI without a warning", async () => {
  const spectral = new Spectral();
  spectral.setRuleset({ extends: [oas as RulesetDefinition] });
  const document: unknown = JSON.parse(readFileSync(join(__dirname, '..', '..', 'docs', 'openapi.json'), 'utf8'));
  expect(await spectral.run(document as Record<string, unknown>)).toEqual([]);
});
