// npm test leaves this out: many things of a kind in a browser. keys and source show these screens.
import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { describeInBrowser } from '../support/browser';
import { LOOPBACK_OPEN, makeAlert } from '../support/alerts';
import { makeSource } from '../support/make';
import { answering, startReceiver, type Receiver } from '../support/receiver';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let home: Home;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  server = await startApp({ HOST: '0.0.0.0', ...LOOPBACK_OPEN });
  home = await makeHome(server);
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
});

const RULE_COUNT = 300;

async function makeRule(name: string, condition: string, more: object = {}): Promise<string> {
  const body = { bucketId: home.bucketId, dataSourceId: home.climateId, name, condition, ...more };
  const { body: made } = await server.call('POST', '/api/alerts', { key: server.adminKey, body });
  return made.alertRule._id as string;
}

describeInBrowser('A list of alert rules', (browser) => {
  beforeAll(async () => {
    await makeRule('Zone too hot', 'temperature > 30', { webhookUrl: `${receiver.url}/hook` });
    await makeRule('Balcony', 'humidity < 10');
    receiver.behave(answering(422));
    const values = { temperature: 35, humidity: 50 };
    const body = { dataSourceId: home.climateId, values };
    await server.call('POST', '/api/data', { key: home.writeKey, body });
    await receiver.waitFor(1);
  });

  it('shows a Read key what fires, without anything that changes it', async () => {
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    await console.signIn(home.readKey);
    await console.visit('/alerts');
    const rows = page.getByRole('table', { name: 'Alert rules' }).locator('tbody tr');
    await page.getByRole('table').getByText('35').waitFor();
    expect(await rows.first().innerText()).toMatch(/firing.*Zone too hot.*35.*°C.*Living room/s);
    expect(await page.locator('.firing-count').first().innerText()).toMatch(/^1/);
    expect(await page.getByRole('link', { name: 'New alert' }).count()).toBe(0);
    expect(await page.getByRole('tab').count()).toBe(0);
    await console.expectAccessible();
    await rows.first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Zone too hot' }).waitFor();
    await console.settled();
    expect(await page.getByRole('button', { name: /Pause|Delete|Send test|New secret/ }).count()).toBe(0);
    await page.getByRole('table', { name: 'Deliveries' }).getByRole('button', { name: 'alert.triggered' }).click();
    await page.getByText('"currentValue": 35').waitFor();
    expect(await page.getByRole('button', { name: 'Replay' }).count()).toBe(0);
    console.expectNoComplaints();
    await console.close();
  });

  it('leads from a data source to its rules, and to a new one for the field that is shown', async () => {
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    await console.signIn(home.writeKey);
    await console.visit(`/buckets/${home.bucketId}/sources/${home.climateId}?fields=humidity`);
    await page.locator('.source-rules').getByText('Zone too hot').waitFor();
    expect(await page.locator('.source-rules').innerText()).toContain('firing');
    await page.getByRole('link', { name: 'New alert' }).click();
    await page.locator('.chart-legend').getByText('humidity').waitFor();
    console.expectNoComplaints();
    await console.close();
  });

  it('shows an Admin key the failed deliveries of all rules, to send them again', async () => {
    const sourceId = await makeSource(server, home.bucketId);
    await makeAlert(server, home.bucketId, sourceId, 't > 30', 'Unreachable');
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    await console.signIn();
    await console.visit('/alerts?tab=failed');
    const rows = page.getByRole('table', { name: 'Failed deliveries' }).locator('tbody tr');
    await rows.getByText('Unreachable').waitFor();
    await rows.getByText('Zone too hot').waitFor();
    await console.expectAccessible();
    await console.resize(360);
    await rows.getByText(/alert\.triggered · status 422/).waitFor();
    const scroller = `document.querySelector('.table-scroller')`;
    expect(await console.run(`${scroller}.scrollWidth - ${scroller}.clientWidth`)).toBe(0);
    await page.getByLabel('Find a rule').fill('zone');
    await rows.getByText('Unreachable').waitFor({ state: 'detached' });
    receiver.behave(answering(204));
    await rows.getByRole('button', { name: 'Zone too hot' }).click();
    await page.getByRole('dialog').getByRole('link', { name: 'Zone too hot' }).waitFor();
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('button', { name: 'Send again' }).click();
    // It is shown for a few seconds; the message may be sent later.
    await page.getByText('The message is sent again').waitFor();
    await receiver.waitFor(2);
    console.expectNoComplaints();
    await console.close();
  });

  it(`finds one of ${RULE_COUNT}, with few rows in the page`, async () => {
    for (let index = 0; index < RULE_COUNT; index++) await makeRule(`Rule ${index}`, 'temperature > 90');
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    await console.signIn();
    await console.visit('/alerts');
    await page.locator('[data-virtual]').waitFor();
    expect(await page.locator('tbody tr').count()).toBeLessThan(80);
    expect(await page.locator('tbody tr').first().innerText()).toContain('Zone too hot');
    await page.locator('tbody tr[tabindex="0"]').focus();
    await page.keyboard.press('End');
    await console.until(`document.querySelector('table').getAttribute('aria-rowcount') === '304'`);
    await page.keyboard.press('End');
    await page.getByText('Rule 299').waitFor();
    await page.getByLabel('State').selectOption('triggered');
    await console.until(`document.querySelectorAll('tbody tr').length === 1`);
    expect(page.url()).toContain('state=triggered');
    await page.getByLabel('Find a rule').fill('nothing');
    await page.getByText('No rule matches').waitFor();
    await page.getByRole('button', { name: 'Show all rules' }).click();
    await page.getByText('303 rules').waitFor({ state: 'attached' });
    console.expectNoComplaints();
    await console.close();
  });
});
