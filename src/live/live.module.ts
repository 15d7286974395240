import { Global, Module } from '@nestjs/common';
import { StreamTickets } from '../auth/stream-tickets';
import { BucketsModule } from '../buckets/buckets.module';
import { CommitJournal } from '../ingest/commit-journal';
import { QueriesModule } from '../query/query.module';
import { SourcesModule } from '../sources/sources.module';
import { Backlog } from './backlog';
import { JournalCleanup } from './journal-cleanup';
import { LiveJournal } from './live-journal';
import { LivePoints } from './live-points';
import { ReaderBounds } from './reader-bounds';
import { Replay } from './replay';
import { StreamController } from './stream.controller';
import { StreamHub } from './stream-hub';
import { StreamService } from './stream.service';
import { StreamWatch } from './stream-watch';

/** Streams of new points. Global, because ingest records commits through the abstract class that it provides. */
@Global()
@Module({
  imports: [BucketsModule, SourcesModule, QueriesModule],
  controllers: [StreamController],
  providers: [
    ...[
      StreamTickets,
      LiveJournal,
      JournalCleanup,
      LivePoints,
      StreamHub,
      StreamWatch,
      ReaderBounds,
      Replay,
      Backlog,
      StreamService,
    ],
    { provide: CommitJournal, useExisting: LiveJournal },
  ],
  exports: [CommitJournal, ReaderBounds],
})
export class LiveModule {}
