import { isoSeconds, type Fact, type Summary } from './summary';

/** A message as an Adaptive Card, in which Teams shows times in each reader's time zone. */
export function teamsCard({ title, facts }: Summary) {
  return {
    contentType: 'application/vnd.microsoft.card.adaptive',
    contentUrl: null,
    content: {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      body: [plainText({ text: title, weight: 'Bolder', size: 'Medium' }), ...facts.map(factBlock)],
    },
  };
}

/** Text blocks format dates and Markdown. Teams shows escapes as they are, so texts that users write go into text runs. */
function factBlock([name, fact]: readonly [string, Fact]) {
  if (typeof fact === 'string') return plainText({ text: `${name}: `, weight: 'Bolder' }, { text: fact });
  const at = isoSeconds(fact.at);
  return { type: 'TextBlock', text: `**${name}:** {{DATE(${at}, SHORT)}} {{TIME(${at})}}`, wrap: true };
}

/** A block of texts without Markdown. */
function plainText(...runs: readonly object[]) {
  return { type: 'RichTextBlock', inlines: runs.map((run) => ({ type: 'TextRun', ...run })) };
}
