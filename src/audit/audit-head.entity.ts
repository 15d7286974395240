import { Column, Entity, PrimaryColumn } from 'typeorm';
import { WholeColumn } from '../database/columns';

/** Where the chain ends, in one row of its own: what is cut off at the end is missed by it. */
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

  /** HMAC-SHA-256 over count and link, in hex: nobody without the secret can set the head back. */
  @Column({ type: 'varchar', length: 64 })
  readonly seal: string;

  /** Tells a server with another secret that it is the wrong one. */
  @Column({ name: 'secret_check', type: 'varchar', length: 64 })
  readonly secretCheck: string;

  /** How many of the first rows were removed for their age; null while none were. */
  @WholeColumn('cut_count', { nullable: true })
  readonly cutCount: number | null;

  /** The link of the last of them, which the first row that is left follows. */
  @Column({ name: 'cut_link', type: 'varchar', length: 64, nullable: true })
  readonly cutLink: string | null;

  /** The digest over all of them, for which a change of the secret is verified later on. */
  @Column({ name: 'cut_digest', type: 'varchar', length: 64, nullable: true })
  readonly cutDigest: string | null;

  /** HMAC-SHA-256 over these three, in hex. */
  @Column({ name: 'cut_seal', type: 'varchar', length: 64, nullable: true })
  readonly cutSeal: string | null;
}
