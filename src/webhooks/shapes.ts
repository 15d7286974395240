import type { Format } from './sending/formats';
import type { Addressed } from './sending/service-urls';
import { gotifyBody, ntfyBody, pagerDutyBody } from './service-shapes';

/** What a message says, for services that show it to people instead of handing it to a program. */
export interface Told {
  readonly title: string;
  /** Name and value of each thing worth knowing. */
  readonly facts: readonly (readonly [string, string])[];
}

/** Whether a format shows messages to people rather than to a program. */
export function isForPeople(format: Format): boolean {
  return format !== 'standard' && format !== 'pagerduty';
}

/** The body of a delivery in the shape that its receiver understands. */
export function bodyFor(format: Format, payload: string, told: Told, addressed: Addressed = {}): string {
  switch (format) {
    case 'standard':
      return payload;
    case 'slack':
      return JSON.stringify({ text: [`*${forSlack(told.title)}*`, ...lines(told, forSlack)].join('\n') });
    case 'discord':
      return JSON.stringify({
        content: cut([`**${forDiscord(told.title)}**`, ...lines(told, forDiscord)].join('\n'), 2000),
        // A rule's name must not be able to call everybody.
        allowed_mentions: { parse: [] },
      });
    case 'teams':
      return JSON.stringify({ type: 'message', attachments: [teamsCard(told)] });
    case 'ntfy':
      return ntfyBody(addressed.topic ?? '', payload, plainText(told));
    case 'gotify':
      return gotifyBody(payload, plainText(told));
    case 'pagerduty':
      return pagerDutyBody(addressed.routingKey ?? '', payload, plainText(told));
  }
}

function plainText(told: Told) {
  return { title: told.title, text: lines(told, (text) => text).join('\n') };
}

function lines({ facts }: Told, escaped: (text: string) => string): string[] {
  return facts.map(([name, value]) => `${name}: ${escaped(value)}`);
}

function teamsCard({ title, facts }: Told) {
  return {
    contentType: 'application/vnd.microsoft.card.adaptive',
    contentUrl: null,
    content: {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      body: [
        { type: 'TextBlock', text: forDiscord(title), weight: 'Bolder', size: 'Medium', wrap: true },
        { type: 'FactSet', facts: facts.map(([name, value]) => ({ title: name, value: forDiscord(value) })) },
      ],
    },
  };
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
