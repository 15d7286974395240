import { Counter, Gauge, Registry, type Metric } from 'prom-client';
import { BOUNDS_SECONDS, type Durations } from './request-durations';

/** A figure with its labels. */
export type Sample = readonly [value: number, labels?: Readonly<Record<string, string>>];

interface Family {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** Called at each scrape. Null for a figure that this server does not have. */
  readonly read: () => readonly Sample[] | number | null;
}

/** Figures that are read at each scrape, under the names and with the help texts that Prometheus shows. */
export class Families {
  readonly registry = new Registry();

  /** A figure that goes up and down. */
  gauge({ name, help, labels = [], read }: Family): void {
    const collect = function (this: Gauge) {
      const samples = samplesOf(read());
      this.reset();
      // The library shows a figure without labels as 0 otherwise.
      if (samples.length === 0 && labels.length === 0) this.remove();
      for (const [value, given = {}] of samples) this.set(given, value);
    };
    new Gauge({ name, help, labelNames: [...labels], registers: [this.registry], collect });
  }

  /** A figure that only grows while the process runs. */
  counter({ name, help, labels = [], read }: Family): void {
    const collect = function (this: Counter) {
      this.reset();
      for (const [value, given = {}] of samplesOf(read())) this.inc(given, value);
    };
    new Counter({ name, help, labelNames: [...labels], registers: [this.registry], collect });
  }

  /** A histogram whose buckets are counted elsewhere: the library's own takes several times longer for each observation. */
  histogram(name: string, help: string, read: () => readonly Durations[]): void {
    const type = 'histogram';
    const get = () =>
      Promise.resolve({ name, help, type, values: read().flatMap((durations) => bucketsOf(name, durations)) });
    // The registry uses these two properties alone.
    this.registry.registerMetric({ name, get } as unknown as Metric);
  }
}

function samplesOf(read: readonly Sample[] | number | null): readonly Sample[] {
  if (read === null) return [];
  return typeof read === 'number' ? [[read]] : read;
}

function bucketsOf(name: string, { labels, counts, sumSeconds }: Durations) {
  let count = 0;
  const buckets = [...counts].map((own, place) => {
    count += own;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: BOUNDS_SECONDS[place] ?? '+Inf' }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sumSeconds },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
