import { Injectable } from '@nestjs/common';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { mapped } from '../common/http/paced-answer';
import type { YieldTurn } from '../common/http/yield';
import { Pagination } from '../common/pagination';
import { SeriesNames } from './series-names';
import { SourceFinder } from './source-finder';
import { ListedSourceView, type AllSourcesQuery, type SourceList } from './source-list.dto';
import { SourceStats } from './source-stats';

/** Lists of data sources as clients see them. */
@Injectable()
export class SourceListing {
  constructor(
    private readonly finder: SourceFinder,
    private readonly stats: SourceStats,
    private readonly series: SeriesNames,
  ) {}

  /** @throws ApiError as `SourceFinder.list` does */
  async list(key: CurrentApiKey, query: AllSourcesQuery, yieldTurn: YieldTurn): Promise<SourceList> {
    const [sources, total, hasMore] = await this.finder.list(key, query, yieldTurn);
    const series = await this.series.of(sources);
    const summaries = query.include === 'stats' ? await this.stats.summariesOf(sources, yieldTurn) : [];
    const dataSources = mapped(
      sources.entries(),
      ([index, source]) => new ListedSourceView(source, series.get(source.number), summaries[index]),
    );
    return { dataSources, pagination: new Pagination(query, total, sources.length, hasMore) };
  }
}
