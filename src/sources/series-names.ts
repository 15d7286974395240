import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { query } from '../database/sql';
import type { Source } from './source.entity';

const NUMBERS_PER_STATEMENT = 100;
const NUMBERS = Array(NUMBERS_PER_STATEMENT).fill('?').join(', ');
const MEASUREMENTS = `SELECT source, measurement FROM series WHERE source IN (${NUMBERS})`;
const TAGS = `SELECT source, name, value FROM series_tags WHERE source IN (${NUMBERS}) ORDER BY source, name`;

/** The measurement and tags of a data source that line protocol created. */
export interface ShownSeries {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Reads the measurement and tags of data sources. */
@Injectable()
export class SeriesNames {
  constructor(private readonly dataSource: DataSource) {}

  /** By the number of the data source. Those that line protocol did not create are left out. */
  async of(sources: readonly Pick<Source, 'number'>[]): Promise<Map<number, ShownSeries>> {
    const names = new Map<number, ShownSeries>();
    for (let start = 0; start < sources.length; start += NUMBERS_PER_STATEMENT) {
      const some = sources.slice(start, start + NUMBERS_PER_STATEMENT).map(({ number }) => number);
      // One length, so that the statement is prepared once.
      const filled = Array.from({ length: NUMBERS_PER_STATEMENT }, (_, index) => some[index] ?? -1);
      await this.add(names, filled);
    }
    return names;
  }

  async ofOne(source: Pick<Source, 'number'>): Promise<ShownSeries | undefined> {
    return (await this.of([source])).get(source.number);
  }

  private async add(names: Map<number, ShownSeries>, numbers: readonly number[]): Promise<void> {
    const { manager } = this.dataSource;
    const series = await query<{ source: number; measurement: string }>(manager, MEASUREMENTS, numbers);
    if (series.length === 0) return;
    const tags = new Map<number, [string, string][]>(series.map(({ source }) => [source, []]));
    for (const { source, name, value } of await query<{ source: number; name: string; value: string }>(
      manager,
      TAGS,
      numbers,
    ))
      tags.get(source)?.push([name, value]);
    for (const { source, measurement } of series)
      names.set(source, { measurement, tags: Object.fromEntries(tags.get(source) ?? []) });
  }
}
