import { FORBIDDEN_FORMS } from '../../../test/support/forbidden-addresses';
import { readTarget, type Target } from './webhook-url';

const targetOf = (url: string) => readTarget(url, []) as Target;

it('has more than 300 forms to refuse', () => {
  expect(new Set(FORBIDDEN_FORMS).size).toBeGreaterThan(300);
});

it('refuses every form of a forbidden address in a URL', () => {
  expect(FORBIDDEN_FORMS.filter((form) => typeof readTarget(`https://${form}/`, []) !== 'string')).toEqual([]);
});

it.each([
  ['ftp://example.com/', /must be an https URL/],
  ['example.com', /must be an https URL/],
  ['https://user@example.com/', /user name or a password/],
  ['https://:secret@example.com/', /user name or a password/],
  ['http://example.com/', /https on port 443/],
  ['https://example.com:8443/', /https on port 443/],
  [`https://example.com/${'a'.repeat(2000)}`, /up to 2000 characters/],
  [`https://${'a'.repeat(64)}.example.com/`, /must be an https URL/],
  [`https://${'abc.'.repeat(63)}de/`, /must be an https URL/],
])('refuses the URL %s', (url, said) => {
  expect(readTarget(url, [])).toMatch(said);
});

it('accepts host names of the lengths that DNS allows', () => {
  expect(targetOf(`https://${'abc.'.repeat(63)}d/`).host).toHaveLength(253);
  expect(targetOf(`https://${'a'.repeat(63)}.example.com./`).host).toHaveLength(75);
});

it('removes our `format` parameter, and keeps any other value', () => {
  const read = (url: string) => {
    const { url: sent, format } = targetOf(url);
    return [sent.href, format];
  };
  expect(read('https://example.com/?format=slack&a=1#x')).toEqual(['https://example.com/?a=1', 'slack']);
  expect(read('https://example.com/?format=xml')).toEqual(['https://example.com/?format=xml', 'standard']);
  expect(read('https://hooks.slack.com/services/T/B/x')[1]).toBe('slack');
  expect(read('https://discord.com/api/webhooks/1/x')[1]).toBe('discord');
  expect(read('https://a.webhook.office.com/x')[1]).toBe('teams');
  expect(read('https://discord.com.example.com/')[1]).toBe('standard');
  expect(read('https://ntfy.sh/my-topic')).toEqual(['https://ntfy.sh/', 'ntfy']);
  expect(read('https://ntfy.sh/my-topic?format=standard')).toEqual(['https://ntfy.sh/my-topic', 'standard']);
  expect(read('https://events.eu.pagerduty.com/v2/enqueue')[1]).toBe('pagerduty');
  // It runs the receiver's own code on any JSON.
  expect(read('https://events.pagerduty.com/integration/0123456789abcdef0123456789abcdef/enqueue')[1]).toBe('standard');
});
