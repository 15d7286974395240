/** The longest message that ntfy does not turn into an attachment, in bytes. */
const NTFY_BYTES = 4096;
/** The limit of `payload.summary` in PagerDuty's Events API v2. */
const SUMMARY_LENGTH = 1024;

/** A message in plain text. */
export interface PlainText {
  readonly title: string;
  readonly text: string;
}

/** The fields of the standard format that other formats need. */
interface Payload {
  readonly event: string;
  readonly timestamp: string;
  readonly test?: boolean;
  readonly data: { readonly alertId: string; readonly dataSourceName: string };
}

/** JSON for ntfy's root, with its priorities (3: default, 4: high) and tags, which it shows as emoji. */
export function ntfyBody(topic: string, payload: string, { title, text }: PlainText): string {
  const isOver = isEnd(payload);
  return JSON.stringify({
    topic,
    title,
    message: cutBytes(text, NTFY_BYTES),
    priority: isOver ? 3 : 4,
    tags: [isOver ? 'white_check_mark' : 'rotating_light'],
  });
}

/** JSON for Gotify's `/message`. Its apps make a sound from priority 8 on, and show a notification from 4 on. */
export function gotifyBody(payload: string, { title, text }: PlainText): string {
  return JSON.stringify({
    title,
    message: text,
    priority: isEnd(payload) ? 4 : 8,
    extras: { 'client::display': { contentType: 'text/plain' } },
  });
}

/** An event for PagerDuty's Events API v2. Alerts of the same rule share an incident; a test has a separate one. */
export function pagerDutyBody(routingKey: string, payload: string, { title }: Pick<PlainText, 'title'>): string {
  const { timestamp, test = false, data } = JSON.parse(payload) as Payload;
  const event = {
    routing_key: routingKey,
    event_action: isEnd(payload) ? 'resolve' : 'trigger',
    dedup_key: `dakkio-${data.alertId}${test ? '-test' : ''}`,
  };
  if (event.event_action === 'resolve') return JSON.stringify(event);
  const details = {
    summary: cutBytes(title, SUMMARY_LENGTH),
    source: data.dataSourceName || 'Dakkio',
    severity: test ? 'info' : 'critical',
    timestamp,
    custom_details: data,
  };
  return JSON.stringify({ ...event, client: 'Dakkio', payload: details });
}

function isEnd(payload: string): boolean {
  return (JSON.parse(payload) as Payload).event === 'alert.resolved';
}

function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  const ellipsis = '…';
  // A partial character at the end decodes to U+FFFD.
  const cut = Buffer.from(text).subarray(0, most - Buffer.byteLength(ellipsis));
  return cut.toString('utf8').replace(/\uFFFD+$/, '') + ellipsis;
}
