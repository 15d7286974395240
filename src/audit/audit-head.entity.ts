import { Column, Entity, PrimaryColumn } from 'typeorm';
import { WholeColumn } from '../database/columns';

/** The end of the chain, in a table with one row. It detects rows that were removed at the end. */
@Entity('audit_head')
export class AuditHead {
  /** Always 1. */
  @PrimaryColumn({ type: 'integer' })
  readonly id: number;

  @WholeColumn('count')
  readonly count: number;

  /** The last row's link. */
  @Column({ type: 'varchar', length: 64 })
  readonly link: string;

  /** HMAC-SHA-256 over count and link, in hex: without the secret the head cannot be set back. */
  @Column({ type: 'varchar', length: 64 })
  readonly seal: string;

  /** Identifies the secret, so that a server with another secret refuses to start. */
  @Column({ name: 'secret_check', type: 'varchar', length: 64 })
  readonly secretCheck: string;

  /** How many of the first rows were removed because of their age; null for none. */
  @WholeColumn('cut_count', { nullable: true })
  readonly cutCount: number | null;

  /** The link of the last removed row, which the first remaining row follows. */
  @Column({ name: 'cut_link', type: 'varchar', length: 64, nullable: true })
  readonly cutLink: string | null;

  /** The digest over all removed rows, which the verification of a change of the secret needs. */
  @Column({ name: 'cut_digest', type: 'varchar', length: 64, nullable: true })
  readonly cutDigest: string | null;

  /** HMAC-SHA-256 over the three cut columns, in hex. */
  @Column({ name: 'cut_seal', type: 'varchar', length: 64, nullable: true })
  readonly cutSeal: string | null;
}
