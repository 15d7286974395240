import type { Format } from './formats';

/** What the URL of a service says besides where to post: it belongs into the body. */
export interface Addressed {
  /** Of ntfy. */
  readonly topic?: string;
  /** Of PagerDuty, where the URL has it. */
  readonly routingKey?: string;
}

const TOPIC = /^[-_A-Za-z0-9]{1,64}$/;
const ROUTING_KEY = /^[A-Za-z0-9]{32}$/;

/** Turns the URL that a service shows to people into the one that its API takes JSON at, or says what it lacks. */
export function addressService(format: Format, url: URL): Addressed | string {
  switch (format) {
    case 'ntfy': {
      // JSON is taken at the root alone (ntfy: Publish as JSON); at a topic it would be shown as it is.
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

/** The routing key among headers: PagerDuty's own, or one that stands for an authorization. */
export function routingKeyIn(headers: Readonly<Record<string, string>>): string | undefined {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const words = byName.get('authorization')?.split(/[\s=]+/) ?? [];
  return byName.get('x-routing-key') ?? words.find((word) => ROUTING_KEY.test(word));
}

export const URL_NO_TOPIC = 'Webhook URL for ntfy must end with the topic, such as https://ntfy.sh/my-topic';
export const NO_ROUTING_KEY =
  'Webhook URL for PagerDuty must have the integration key, as ?routing_key=… or in a header X-Routing-Key';
