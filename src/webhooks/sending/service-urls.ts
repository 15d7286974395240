import type { Format } from './formats';

/** Values that a service's URL contains and its API expects in the body. */
export interface Addressed {
  /** For ntfy. */
  readonly topic?: string;
  /** For PagerDuty, if the URL has it. */
  readonly routingKey?: string;
}

const TOPIC = /^[-_A-Za-z0-9]{1,64}$/;
const ROUTING_KEY = /^[A-Za-z0-9]{32}$/;

/** Changes the URL that a service shows to its users into the URL of its JSON API, or returns what is missing. */
export function addressService(format: Format, url: URL): Addressed | string {
  switch (format) {
    case 'ntfy': {
      // ntfy accepts JSON only at the root (ntfy: Publish as JSON). At a topic it would show the raw JSON.
      const [, base = '/', topic = ''] = /^(.*\/)([^/]+)\/?$/.exec(url.pathname) ?? [];
      if (!TOPIC.test(topic)) return URL_NO_TOPIC;
      url.pathname = base;
      return { topic };
    }
    case 'gotify':
      if (url.pathname === '/') url.pathname = '/message';
      return {};
    case 'pagerduty': {
      const routingKey =
        url.searchParams.get('routing_key') ?? url.pathname.split('/').find((part) => ROUTING_KEY.test(part));
      url.searchParams.delete('routing_key');
      return routingKey === undefined ? {} : { routingKey };
    }
    default:
      return {};
  }
}

/** The routing key in headers: in `X-Routing-Key`, or in `Authorization`. */
export function routingKeyIn(headers: Readonly<Record<string, string>>): string | undefined {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const words = byName.get('authorization')?.split(/[\s=]+/) ?? [];
  return byName.get('x-routing-key') ?? words.find((word) => ROUTING_KEY.test(word));
}

export const URL_NO_TOPIC = 'Webhook URL for ntfy must end with the topic, such as https://ntfy.sh/my-topic';
export const NO_ROUTING_KEY =
  'Webhook URL for PagerDuty must have the integration key, as ?routing_key=… or in a header X-Routing-Key';
