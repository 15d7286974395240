import type { Format } from './sending/formats';
import type { Addressed } from './sending/service-urls';
import { gotifyBody, ntfyBody, pagerDutyBody } from './service-formats';
import { teamsCard } from './teams-card';
import { plainFact, type Fact, type Summary } from './summary';

export type { Summary } from './summary';

/** Whether a format shows messages to people rather than to a program. */
export function isForPeople(format: Format): boolean {
  return format !== 'standard' && format !== 'pagerduty';
}

/** The body of a delivery in the format of its receiver. */
export function bodyFor(format: Format, payload: string, summary: Summary, addressed: Addressed = {}): string {
  switch (format) {
    case 'standard':
      return payload;
    case 'slack':
      return JSON.stringify({ text: [`*${forSlack(summary.title)}*`, ...lines(summary, slackFact)].join('\n') });
    case 'discord':
      return JSON.stringify({
        content: cut([`**${forDiscord(summary.title)}**`, ...lines(summary, discordFact)].join('\n'), 2000),
        // Prevents `@everyone` in the name of a rule from notifying the channel.
        allowed_mentions: { parse: [] },
      });
    case 'teams':
      return JSON.stringify({ type: 'message', attachments: [teamsCard(summary)] });
    case 'ntfy':
      return ntfyBody(addressed.topic ?? '', payload, plainText(summary));
    case 'gotify':
      return gotifyBody(payload, plainText(summary));
    case 'pagerduty':
      return pagerDutyBody(addressed.routingKey ?? '', payload, plainText(summary));
  }
}

function plainText(summary: Summary) {
  return { title: summary.title, text: lines(summary, plainFact).join('\n') };
}

function lines({ facts }: Summary, shown: (fact: Fact) => string): string[] {
  return facts.map(([name, fact]) => `${name}: ${shown(fact)}`);
}

/** Slack shows the date in each reader's time zone, or the text after `|` if it cannot. */
function slackFact(fact: Fact): string {
  if (typeof fact === 'string') return forSlack(fact);
  return `<!date^${Math.floor(fact.at / 1000)}^{date_short_pretty} {time_secs}|${plainFact(fact)}>`;
}

function discordFact(fact: Fact): string {
  return typeof fact === 'string' ? forDiscord(fact) : `<t:${Math.floor(fact.at / 1000)}:f>`;
}

function forSlack(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function forDiscord(text: string): string {
  return text.replace(/[\\*_~`|[\]()#]/g, (sign) => `\\${sign}`);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
