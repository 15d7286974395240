import { MessageReply } from '../common/openapi/message-reply';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { isoTime } from '../common/times';
import type { ApiKey } from './api-key.entity';
import type { Rotated } from './key-rotation';
import { EXPIRES_AT, KeyIdentity, nameDocs } from './key-view-fields';
import { KeyView, NewKeyView } from './key.views';
import type { LineChange, LinesChange } from './line-changes';

export class DeletedKeyView extends KeyIdentity {
  constructor({ id, name, type }: ApiKey) {
    super();
    Object.assign(this, { _id: id, name, type });
  }
}

/** An active key that another key was rotated into. */
export class DescendantView {
  @IdProperty(EXAMPLE_IDS.successor)
  readonly _id: string;

  @ApiProperty(nameDocs)
  readonly name: string;

  @ApiProperty({
    enum: ['admin', 'self'],
    description: 'Who created it: an Admin key or the operator, or the key that it replaces',
    example: 'self',
  })
  readonly madeBy: 'admin' | 'self';
}

const descendantsDocs: ApiPropertyOptions = {
  type: [DescendantView],
  required: false,
  description:
    'The active keys that it was rotated into, oldest first, if there are any. With `line=true` they were changed too, ' +
    'otherwise they were not',
};

function descendantsShown({ descendants }: Pick<LineChange, 'descendants'>): {
  readonly descendants?: DescendantView[];
} {
  if (descendants.length === 0) return {};
  return { descendants: descendants.map(({ id, name, madeBy }) => ({ _id: id, name, madeBy: madeBy ?? 'admin' })) };
}

export class KeyUpdated extends MessageReply('API key updated successfully') {
  @ApiProperty({ type: KeyView })
  readonly apiKey: KeyView;

  @ApiProperty(descendantsDocs)
  readonly descendants?: DescendantView[];

  constructor(change: LineChange) {
    super();
    this.apiKey = new KeyView(change.apiKey);
    Object.assign(this, descendantsShown(change));
  }
}

/** The key that was rotated, and when it expires. */
export class ReplacedKeyView {
  @IdProperty(EXAMPLE_IDS.successor)
  readonly _id: string;

  @TimeProperty(EXPIRES_AT)
  readonly expiresAt: string;

  constructor({ old: { id, expiresAt } }: Rotated) {
    this._id = id;
    this.expiresAt = isoTime(expiresAt);
  }
}

export class KeysRevoked extends MessageReply('API keys revoked successfully') {
  @ApiProperty({ type: [DeletedKeyView], description: 'In the order of `ids`, or oldest first' })
  readonly revokedKeys: DeletedKeyView[];

  @ApiProperty(descendantsDocs)
  readonly descendants?: DescendantView[];

  constructor(change: LinesChange) {
    super();
    this.revokedKeys = change.apiKeys.map((apiKey) => new DeletedKeyView(apiKey));
    Object.assign(this, descendantsShown(change));
  }
}

export class KeysRotated extends MessageReply('API keys rotated successfully') {
  @ApiProperty({ type: [NewKeyView], description: 'In the order of `ids`, or of the old keys, oldest first' })
  readonly apiKeys: NewKeyView[];

  @ApiProperty({ type: [ReplacedKeyView], description: 'The old keys, in the same order' })
  readonly replaces: ReplacedKeyView[];

  constructor(rotated: readonly Rotated[]) {
    super();
    this.apiKeys = rotated.map((one) => new NewKeyView(one));
    this.replaces = rotated.map((one) => new ReplacedKeyView(one));
  }
}

export class KeyRotated extends MessageReply('API key rotated successfully') {
  @ApiProperty({ type: NewKeyView })
  readonly apiKey: NewKeyView;

  @ApiProperty({ type: ReplacedKeyView })
  readonly replaces: ReplacedKeyView;

  constructor(rotated: Rotated) {
    super();
    this.apiKey = new NewKeyView(rotated);
    this.replaces = new ReplacedKeyView(rotated);
  }
}

export class KeyDeleted extends MessageReply('API key deleted successfully') {
  @ApiProperty({ type: DeletedKeyView })
  readonly deletedKey: DeletedKeyView;

  @ApiProperty(descendantsDocs)
  readonly descendants?: DescendantView[];

  constructor(change: LineChange) {
    super();
    this.deletedKey = new DeletedKeyView(change.apiKey);
    Object.assign(this, descendantsShown(change));
  }
}
