// npm test leaves this out: a linter of API documents, which takes half a minute.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Spectral, type RulesetDefinition } from '@stoplight/spectral-core';
import { oas } from '@stoplight/spectral-rulesets';
import { operationsOf, type Json } from '../support/openapi-check';

const TEXT = readFileSync(join(__dirname, '..', '..', 'docs', 'openapi.json'), 'utf8');
/** They compile a schema at each place where it is shown. */
const RULES_OF_EXAMPLES = ['oas3-valid-media-example', 'oas3-valid-schema-example'];

/** The document without the bodies and headers of responses that an earlier one has too. */
function shownOnce(): Json {
  const document = JSON.parse(TEXT);
  const seen = new Set<string>();
  const isNew = (text: string) => !seen.has(text) && seen.add(text);
  for (const { docs } of operationsOf(document))
    for (const response of Object.values<Json>(docs.responses))
      for (const part of ['content', 'headers'])
        if (part in response)
          response[part] = Object.fromEntries(
            Object.entries(response[part]).filter((one) => isNew(JSON.stringify(one))),
          );
  return document;
}

const problemsOf = (document: Json, rules: object) => {
  const spectral = new Spectral();
  spectral.setRuleset(rules as RulesetDefinition);
  return spectral.run(document as Record<string, unknown>);
};
const set = (severity: 'off' | 'warn') => Object.fromEntries(RULES_OF_EXAMPLES.map((rule) => [rule, severity]));

it("docs/openapi.json passes Spectral's rules for OpenAPI without a warning", async () => {
  expect(await problemsOf(JSON.parse(TEXT), { extends: [oas], rules: set('off') })).toEqual([]);
  expect(await problemsOf(shownOnce(), { extends: [[oas, 'off']], rules: set('warn') })).toEqual([]);
});
