/** Line drawings on a grid of 16 by 16. */
const PATHS = {
  overview: 'M2 13h12M4 13V8m4 5V3m4 10V6',
  bucket:
    'M2.5 4.5c0-1.1 2.5-2 5.5-2s5.5.9 5.5 2-2.5 2-5.5 2-5.5-.9-5.5-2zm0 0L4 12.5c.2.8 1.9 1.5 4 1.5s3.8-.7 4-1.5l1.5-8',
  chart: 'M2 12l3.5-4.5 3 2.5L14 4M2 14h12',
  key: 'M10.5 2a3.5 3.5 0 1 1-3.2 5L2 12.3V14h2.5v-1.8h1.8V10.4L8.7 8A3.5 3.5 0 0 1 10.5 2zm.7 2.7h.01',
  bell: 'M8 2a4 4 0 0 0-4 4v2.8L2.7 11.5h10.6L12 8.8V6a4 4 0 0 0-4-4zM6.5 13.5a1.6 1.6 0 0 0 3 0',
  log: 'M3.5 2h9v12h-9zM6 5h4M6 8h4M6 11h2.5',
  server: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01',
  plug: 'M5.5 2v3.5M10.5 2v3.5M3.5 5.5h9v2a4.5 4.5 0 0 1-9 0zM8 12v2.5',
  upload: 'M8 10.5v-8M4.8 5.5L8 2.3l3.2 3.2M2.5 10v3.5h11V10',
  download: 'M8 2.5v8M4.8 7.5L8 10.7l3.2-3.2M2.5 10v3.5h11V10',
  plus: 'M8 3v10M3 8h10',
  check: 'M3 8.5l3.2 3.2L13 4.8',
  cross: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2.3L14.3 13.5H1.7zM8 6.5v3.5M8 12h.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.5V11M8 5h.01',
  live: 'M8 8h.01M5.5 10.5a3.5 3.5 0 0 1 0-5M10.5 5.5a3.5 3.5 0 0 1 0 5M3.2 12.8a6.8 6.8 0 0 1 0-9.6M12.8 3.2a6.8 6.8 0 0 1 0 9.6',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.5',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  more: 'M3 8a.4.4 0 1 0 .8 0 .4.4 0 1 0-.8 0zM7.6 8a.4.4 0 1 0 .8 0 .4.4 0 1 0-.8 0zM12.2 8a.4.4 0 1 0 .8 0 .4.4 0 1 0-.8 0z',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  left: 'M10 3L5 8l5 5',
  right: 'M6 3l5 5-5 5',
  down: 'M3 6l5 5 5-5',
  up: 'M3 10l5-5 5 5',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3L14 14',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1',
  moon: 'M13.5 9.5A5.8 5.8 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7z',
  screen: 'M2 3h12v8H2zM5.5 13.5h5M8 11v2.5',
  out: 'M6.5 2.5h-4v11h4M7 8h7M11 5l3 3-3 3',
  reload: 'M13.5 8A5.5 5.5 0 1 1 11.7 4M12 1.5V4.3H9.2',
  share:
    'M11 5.5a1.8 1.8 0 1 0 0-3.5 1.8 1.8 0 0 0 0 3.5zM4.5 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM11 14a1.8 1.8 0 1 0 0-3.5 1.8 1.8 0 0 0 0 3.5zM6.1 7.2l3.3-2.5M6.1 8.8l3.3 2.5',
  trash: 'M2.5 4h11M6 4V2.5h4V4M4 4l.7 9.5h6.6L12 4M6.7 6.5v4.5M9.3 6.5v4.5',
  edit: 'M10.8 2.7l2.5 2.5-8 8H2.8v-2.5z',
  table: 'M2 3h12v10H2zM2 6.5h12M6 6.5V13',
  book: 'M2.5 3h4A1.5 1.5 0 0 1 8 4.5V13a1.5 1.5 0 0 0-1.5-1.2h-4zM13.5 3h-4A1.5 1.5 0 0 0 8 4.5V13a1.5 1.5 0 0 1 1.5-1.2h4z',
} as const;

export type IconName = keyof typeof PATHS;

/** A small drawing beside a word. By itself it says nothing to a screen reader. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
