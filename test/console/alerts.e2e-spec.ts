import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { describeInBrowser } from '../support/browser';
import { LOOPBACK_OPEN } from '../support/alerts';
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

describeInBrowser('An alert rule', (browser) => {
  let console: ConsolePage;
  beforeAll(async () => {
    console = await ConsolePage.open(browser, server);
    await console.signIn(home.writeKey);
    // A text that does not parse, and a receiver that fails.
    console.allow(/status of 400/);
  });
  afterEach(() => console.expectNoComplaints());

  const conditionText = () => console.page.getByLabel('Condition', { exact: true });

  it('is written for a data source that was found by its name', async () => {
    const { page } = console;
    await console.visit('/alerts');
    await page.getByText('There is no alert rule yet').waitFor();
    await console.expectAccessible();
    await page.getByRole('main').getByRole('link', { name: 'New alert' }).first().click();
    await page.getByLabel('Data source').fill('living');
    await page.getByRole('button', { name: /Power meter/ }).waitFor({ state: 'detached' });
    await console.expectAccessible();
    await page.getByRole('button', { name: /Living room/ }).click();
    await page.locator('.chart canvas').waitFor();
    expect(page.url()).toContain(`source=${home.climateId}`);
  });

  it('underlines what is not understood, and offers what could stand there', async () => {
    const { page } = console;
    await conditionText().fill('temperature is grater than 22 for 10 minutes');
    await page.locator('.condition-marks mark').waitFor();
    expect(await page.locator('.condition-marks mark').innerText()).toMatch(/^grater than/);
    expect(await page.locator('.field-error').innerText()).toContain('did you mean "greater than"');
    await console.expectAccessible();
    await page.getByRole('group', { name: 'What could stand there' }).getByRole('button').first().click();
    expect(await conditionText().inputValue()).toBe('temperature is greater than 22 for 10 minutes');
    await page.getByText('Fires when temperature is greater than 22 °C for 10 minutes').waitFor();
    await page.getByText(/^Would have fired \d+ times? in 7 days$/).waitFor();
    await conditionText().fill('');
    await page.getByRole('button', { name: 'humidity (%)', exact: true }).first().click();
    expect(await conditionText().inputValue()).toBe('humidity ');
  });

  it('has a threshold on the chart, which a mouse drags and keys move', async () => {
    const { page } = console;
    await conditionText().fill('temperature drops below 18.5 °C for 10 minutes');
    await page.getByText('Fires when temperature is less than 18.5 °C for 10 minutes').waitFor();
    await page.getByRole('button', { name: '1d', exact: true }).click();
    await page.getByText(/^Would have fired 3 times in 1 day$/).waitFor();
    const threshold = page.getByRole('slider', { name: 'Threshold of temperature' });
    await threshold.focus();
    for (let presses = 0; presses < 3; presses++) await page.keyboard.press('ArrowUp');
    expect(Number(/below (\S+) °C for 10 minutes$/.exec(await conditionText().inputValue())?.[1])).toBeGreaterThan(
      18.5,
    );
    const box = await threshold.boundingBox();
    if (!box) throw new Error('The threshold is not there');
    await page.mouse.move(box.x + 5, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + 5, box.y - 100, { steps: 4 });
    await page.mouse.up();
    const dragged = Number(/below (\S+) °C for 10 minutes$/.exec(await conditionText().inputValue())?.[1]);
    expect(dragged).toBeGreaterThan(20);
    await page.getByText(`Fires when temperature is less than ${dragged} °C for 10 minutes`).waitFor();
    await conditionText().fill('temperature above twenty two');
    await page.getByText('Fires when temperature is greater than 22 °C').waitFor();
    await threshold.focus();
    await page.keyboard.press('PageDown');
    await page.getByText(/^Fires when temperature is greater than \d+(\.\d+)? °C$/).waitFor();
    expect(await conditionText().inputValue()).toMatch(/^temperature is greater than (20|21)(\.\d+)?$/);
  });

  it('keeps changes of a form that was left', async () => {
    const { page } = console;
    await page.getByLabel('Name', { exact: true }).fill('Too hot');
    await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Home' }).click();
    await page.getByText('Your changes are not saved.').waitFor();
    await page
      .getByRole('navigation', { name: 'Console' })
      .getByRole('link', { name: /Alerts/ })
      .click();
    await page.getByText('Not saved: Too hot').waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Your changes from before are here.').waitFor();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Too hot');
  });

  it('says beside a field what is wrong with it', async () => {
    const { page } = console;
    await conditionText().fill('temperature > 25');
    await page.getByLabel('Cooldown in minutes').fill('soon');
    await page.getByRole('button', { name: 'Create' }).click();
    await page
      .locator('.field[data-wrong]')
      .getByText(/cooldownMinutes/)
      .waitFor();
    await page.getByLabel('Cooldown in minutes').fill('1');
  });

  it('is created with a webhook, whose secret is shown once', async () => {
    const { page } = console;
    await page.getByLabel('Webhook URL').fill(`${receiver.url}/hook`);
    await page.getByRole('button', { name: 'Add a header' }).click();
    await page.getByLabel('Name of header 1').fill('Authorization');
    await page.getByLabel('Value of header 1').fill('Bearer of news');
    await console.expectAccessible();
    await page.getByRole('button', { name: 'Create' }).click();
    const secret = page.getByLabel('Secret', { exact: true });
    await secret.waitFor();
    expect(await secret.inputValue()).toMatch(/^whsec_/);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Copy secret' }).click();
    await page.getByRole('button', { name: 'I stored it' }).click();
    await page.getByRole('heading', { name: 'Too hot' }).waitFor();
    await console.settled();
  });

  it('sends a test, and shows what came back', async () => {
    const { page } = console;
    await page.getByRole('button', { name: 'Send test' }).click();
    await page.getByText(/^Delivered: status 204 in \d+\sms$/).waitFor();
    const { body, headers } = await receiver.waitFor(1);
    expect(body).toMatchObject({ test: true, data: { alertName: 'Too hot' } });
    expect(headers['authorization']).toBe('Bearer of news');
    receiver.behave(answering(500));
    await page.getByRole('button', { name: 'Send test' }).click();
    await page.getByText(/^Not delivered: status 500 in \d+\sms/).waitFor();
    receiver.behave(answering(422));
  });

  it('shows its firings with their peaks, and messages with what was sent', async () => {
    const { page } = console;
    const send = (temperature: number, agoMillis: number) =>
      server.call('POST', '/api/data', {
        key: home.writeKey,
        body: { dataSourceId: home.climateId, values: { temperature }, timestamp: Date.now() - agoMillis },
      });
    await send(26, 40_000);
    await send(31.5, 30_000);
    await send(20, 20_000);
    await receiver.waitFor(4);
    await page.reload();
    await console.settled();
    const history = page.getByRole('table', { name: 'History' });
    await history.getByText('31.5').waitFor();
    expect(await history.locator('tbody tr').innerText()).toMatch(/20\ss.*26.*°C.*31\.5.*°C.*condition/s);
    const deliveries = page.getByRole('table', { name: 'Deliveries' });
    await deliveries.getByText('failed').first().waitFor();
    await console.expectAccessible();
    await deliveries.getByRole('button', { name: 'alert.triggered' }).click();
    await page.getByText('"currentValue": 26').waitFor();
    await console.expectAccessible();
    receiver.behave(answering(204));
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('The message is sent again').waitFor();
    await receiver.waitFor(5);
  });

  it('is paused, resumed, changed and deleted, which says what is lost', async () => {
    const { page } = console;
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.locator('.badge', { hasText: 'paused' }).waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator('.badge', { hasText: 'ok' }).first().waitFor();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByText('Fires when temperature is greater than 25 °C').waitFor();
    await page.getByLabel('Webhook URL').fill('');
    await page.getByText('the alert is shown in the console only').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('None: shown in the console only.').waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Its 2 events and 2 deliveries are deleted too.').waitFor();
    await console.expectAccessible();
    await page.getByRole('button', { name: 'Delete rule' }).click();
    await page.getByText('There is no alert rule yet').waitFor();
  });
});
