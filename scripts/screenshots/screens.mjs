// The screens of the console that have a picture, in the order in which they are taken.
export const THEMES = ['light', 'dark'];

const CSV = `Time;Outdoor;Indoor;Window
28.11.2026 08:00;4,1;20,8;closed
28.11.2026 08:10;4,3;20,9;closed
28.11.2026 08:20;4,4;19,7;open
28.11.2026 08:30;4,8;19,2;open
28.11.2026 08:40;5,0;20,3;closed
28.11.2026 08:50;5,3;20,6;closed
`;

const CONDITION = 'temperature is above 22.5 °C for 10 minutes';

/**
 * `name`: of the files. `path`: where it is, from the ids of the data. `prepare`: what a person does there before the picture.
 * `isPhoneToo`: also as it is on a phone. `isSignedOut`: before there is a session.
 */
export const SCREENS = [
  { name: 'sign-in', isSignedOut: true, isPhoneToo: true },
  { name: 'overview', path: () => '/overview', isPhoneToo: true },
  { name: 'start', path: () => '/start' },
  { name: 'buckets', path: () => '/buckets' },
  { name: 'bucket', path: ({ home }) => `/buckets/${home}`, isPhoneToo: true },
  {
    name: 'explorer',
    path: ({ home, livingRoom }) => `/buckets/${home}/sources/${livingRoom}?compare=day`,
    isPhoneToo: true,
    prepare: readChart,
  },
  {
    name: 'import',
    path: ({ home }) => `/import?bucket=${home}`,
    prepare: async (page) => {
      const buffer = globalThis.Buffer.from(CSV);
      await page
        .locator('input[type=file]')
        .first()
        .setInputFiles({ name: 'kitchen.csv', mimeType: 'text/csv', buffer });
      await page.getByText('Outdoor').first().waitFor();
    },
  },
  { name: 'keys', path: () => '/keys' },
  { name: 'key', path: ({ home, sensorKey }) => `/keys/${home}/${sensorKey}` },
  { name: 'alerts', path: () => '/alerts' },
  { name: 'alert', path: ({ alert }) => `/alerts/${alert}` },
  { name: 'audit', path: () => '/audit' },
  { name: 'server', path: () => '/server' },
  // The last: leaving its changes shows a message over the next screen.
  {
    name: 'alert-editor',
    path: ({ home, livingRoom }) => `/alerts/new?bucket=${home}&source=${livingRoom}`,
    prepare: async (page) => {
      await page.getByLabel('Condition', { exact: true }).fill(CONDITION);
      await page
        .getByText(/would have/i)
        .first()
        .waitFor();
    },
  },
];

/** Points at a place of the chart, so that it shows its values. */
async function readChart(page) {
  const box = await page.locator('.chart .u-over').boundingBox();
  await page.mouse.move(box.x + box.width * 0.62, box.y + box.height * 0.4);
}
