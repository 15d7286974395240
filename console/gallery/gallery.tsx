// Components outside of any screen, for test/console/components.e2e-spec.ts, which serves this in the place of the console.
import { QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiProblem } from '../src/api/problem';
import { queryClient } from '../src/api/query-client';
import { Chart } from '../src/chart/chart';
import { ChartTable } from '../src/chart/chart-table';
import type { ChartSeries } from '../src/chart/series';
import { Badge } from '../src/components/badge';
import { Button } from '../src/components/button';
import { ErrorNotice } from '../src/components/error-notice';
import { Menu, Popover } from '../src/components/menu';
import { Checkbox, SelectField, TextArea, TextField } from '../src/components/field';
import { OnceDialog } from '../src/components/once-dialog';
import { QrCode } from '../src/components/qr-code';
import { Tabs } from '../src/components/tabs';
import { Toasts } from '../src/components/toasts';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-01T00:00:00Z');
const times = Array.from({ length: 97 }, (_, index) => START + index * 900_000);
const wave = (height: number, middle: number, phase = 0) =>
  times.map((_, index) => middle + height * Math.sin(index / 12 + phase));

const temperature = wave(3, 21);
const SERIES: readonly ChartSeries[] = [
  {
    id: 'temperature',
    label: 'temperature',
    unit: '°C',
    times,
    values: temperature.map((value, index) => (index > 40 && index < 50 ? null : value)),
    low: temperature.map((value, index) => (index > 40 && index < 50 ? null : value - 1)),
    high: temperature.map((value, index) => (index > 40 && index < 50 ? null : value + (index === 20 ? 4 : 1))),
    color: 0,
  },
  { id: 'before', label: 'last week', unit: '°C', times, values: wave(2.5, 20, 0.4), color: 0, isDimmed: true },
  { id: 'humidity', label: 'humidity', unit: '%', times, values: wave(8, 50, 2), color: 1 },
  { id: 'dew', label: 'dew point', unit: '°C', times, values: wave(1, 12, 1), color: 3 },
];

function Gallery() {
  return (
    <main className="page">
      <h1>Gallery</h1>
      <ChartSample />
      <Controls />
      <Secrets />
    </main>
  );
}

function ChartSample() {
  const [range, setRange] = useState({ from: START, to: START + 24 * HOUR });
  const [value, setValue] = useState(23);
  const threshold = { value, seriesId: 'temperature', label: 'Threshold of temperature', onChange: setValue };
  const intervals = [
    { from: START + 2 * HOUR, to: START + 5 * HOUR },
    { from: START + 20 * HOUR, to: null },
  ];
  return (
    <>
      <Chart
        label="Climate of a day"
        series={SERIES}
        range={range}
        onRange={setRange}
        zone="UTC"
        threshold={threshold}
        intervals={intervals}
      />
      <output id="range">{`${(range.from - START) / HOUR} ${(range.to - START) / HOUR}`}</output>
      <output id="threshold">{value}</output>
      <ChartTable label="Climate in numbers" series={SERIES} zone="UTC" />
    </>
  );
}

function Controls() {
  const [said, setSaid] = useState('');
  const [tab, setTab] = useState('one');
  const [problem] = useState(
    () =>
      new ApiProblem('Too many requests', {
        status: 429,
        code: 'rate_limit_exceeded',
        requestId: 'r-1',
        retryAfterSeconds: 2,
      }),
  );
  return (
    <>
      <div className="toolbar">
        <Menu
          label="Actions"
          items={[
            { label: 'Rename', icon: 'edit', onSelect: () => setSaid('rename') },
            { label: 'Archive', onSelect: () => setSaid('archive'), isDisabled: true },
            { label: 'Delete', icon: 'trash', onSelect: () => setSaid('delete'), isDanger: true },
          ]}
        />
        <Popover label="More">
          <Checkbox label="Only what is silent" />
        </Popover>
        <Badge tone="ok">ok</Badge>
        <Badge tone="warn">silent</Badge>
        <Badge tone="bad">failed</Badge>
        <Badge tone="accent">new</Badge>
        <Badge>read</Badge>
      </div>
      <output id="said">{said}</output>
      <Tabs
        label="Views"
        tabs={[
          { id: 'one', label: 'One' },
          { id: 'two', label: 'Two' },
          { id: 'three', label: 'Three' },
        ]}
        selected={tab}
        onSelect={setTab}
      >
        <p>Panel {tab}</p>
      </Tabs>
      <ErrorNotice error={problem} onRetry={() => setSaid('retry')} />
      <form className="form">
        <TextField label="Name" error="Name is required" hint="At most 100 characters" />
        <SelectField label="Type" options={[{ value: 'read', label: 'Read' }]} />
        <TextArea label="Notes" className="of-its-user" />
      </form>
      <form className="form">
        <Checkbox label="A label that is long enough to take more than one line wherever the form is narrow, as it is here" />
      </form>
    </>
  );
}

function Secrets() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button kind="primary" onClick={() => setOpen(true)}>
        New key
      </Button>
      <Button kind="danger">Delete</Button>
      <TextField label="Paste here" />
      <QrCode text="http://192.168.1.20:3000/" label="The address as a QR code" />
      {isOpen && (
        <OnceDialog
          title="Your key"
          label="Key"
          secret="not-a-real-key-0123456789"
          fileName="key.txt"
          onStored={() => setOpen(false)}
        />
      )}
    </>
  );
}

const root = document.getElementById('app');
if (root)
  createRoot(root).render(
    <QueryClientProvider client={queryClient}>
      <Toasts>
        <Gallery />
      </Toasts>
    </QueryClientProvider>,
  );
