import { Link } from 'wouter';
import { Icon } from '../../components/icon';
import { filteredPath, tagLabel, tagParameter, tagsOf, withoutTag, withTag, type SeriesFilter } from './series';
import type { Source } from './source-queries';

interface SeriesTagsProps {
  readonly source: Source;
  /** That of the list, which a tag is added to. */
  readonly filter?: SeriesFilter;
}

const NO_FILTER: SeriesFilter = {};

/** The tags of a data source. Each leads to the data sources of the bucket that have it too. */
export function SeriesTags({ source, filter = NO_FILTER }: SeriesTagsProps) {
  return (
    <span className="series-tags">
      {tagsOf(source).map((tag) => {
        const [name, value] = tag;
        const label = `${name}=${value}`;
        const path = filteredPath(source.bucketId, withTag(filter, tagParameter(tag)));
        return (
          <Link key={name} href={path} className="series-tag" title={`Data sources with ${label}`} aria-label={label}>
            <span className="series-tag-name">{name}=</span>
            {value}
          </Link>
        );
      })}
    </span>
  );
}

/** The tags that a list is filtered by. Each can be removed. */
export function FilterTags({ bucketId, filter }: { readonly bucketId: string; readonly filter: SeriesFilter }) {
  return (
    <ul className="series-filter" aria-label="Tags of the shown data sources">
      {filter.tag?.map((tag) => (
        <li key={tag}>
          <Link
            href={filteredPath(bucketId, withoutTag(filter, tag))}
            className="series-tag"
            aria-label={`${tagLabel(tag)}, remove this filter`}
          >
            {tagLabel(tag)}
            <Icon name="cross" size={12} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
