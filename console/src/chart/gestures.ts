import type uPlot from 'uplot';
import { moved, pinched, scaled } from './ranges';
import type { TimeRange } from './series';

export interface GestureHandlers {
  /** The range is moved or scaled while the gesture lasts: draw it. */
  readonly onMove: (range: TimeRange) => void;
  /** The gesture has ended at this range: read its data. */
  readonly onSettle: (range: TimeRange) => void;
  readonly present: () => TimeRange;
}

/** The gesture of a wheel has no end: this long after its last turn. */
const WHEEL_SETTLES_MILLIS = 250;
const WHEEL_SPEED = 0.002;

/**
 * Gestures that uPlot lacks: panning by Shift and a drag or by a horizontal wheel, zooming by pinching a trackpad, and fingers, which move the
 * cursor, and pan and zoom when they are two.
 *
 * @returns takes the listeners away
 */
export function listenToGestures(plot: uPlot, handlers: GestureHandlers): () => void {
  const { over } = plot;
  const stop = new AbortController();
  const { signal } = stop;
  over.addEventListener('wheel', wheelListener(plot, handlers), { signal, passive: false });
  over.addEventListener('pointerdown', (event) => event.shiftKey && pan(over, event, handlers), { signal });
  listenToFingers(plot, handlers, signal);
  return () => stop.abort();
}

function wheelListener(plot: uPlot, { onMove, onSettle, present }: GestureHandlers) {
  let settling: ReturnType<typeof setTimeout> | undefined;
  return (event: WheelEvent) => {
    const isPan = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    // A vertical wheel scrolls the page.
    if (!event.ctrlKey && !isPan) return;
    event.preventDefault();
    const { from, to } = present();
    const range = event.ctrlKey
      ? scaled(present(), Math.exp(event.deltaY * WHEEL_SPEED * 3), plot.posToVal(event.offsetX, 'x'))
      : moved(present(), ((to - from) * event.deltaX) / plot.over.clientWidth);
    onMove(range);
    clearTimeout(settling);
    settling = setTimeout(() => onSettle(range), WHEEL_SETTLES_MILLIS);
  };
}

function pan(over: HTMLElement, down: PointerEvent, { onMove, onSettle, present }: GestureHandlers): void {
  const start = present();
  const rangeAt = ({ clientX }: PointerEvent) =>
    moved(start, ((down.clientX - clientX) / over.clientWidth) * (start.to - start.from));
  over.setPointerCapture(down.pointerId);
  const move = (event: PointerEvent) => onMove(rangeAt(event));
  over.addEventListener('pointermove', move);
  const end = (event: PointerEvent) => {
    over.removeEventListener('pointermove', move);
    if (event.clientX !== down.clientX) onSettle(rangeAt(event));
  };
  over.addEventListener('pointerup', end, { once: true });
}

function listenToFingers(plot: uPlot, { onMove, onSettle, present }: GestureHandlers, signal: AbortSignal): void {
  const { over } = plot;
  const fingers = new Map<number, number>();
  let begun: { readonly range: TimeRange; readonly at: [number, number] } | undefined;
  let last: TimeRange | undefined;
  const places = () => [...fingers.values()] as [number, number];
  const update = (event: PointerEvent) => {
    if (event.pointerType !== 'touch' || !fingers.has(event.pointerId)) return;
    const { left, top } = over.getBoundingClientRect();
    fingers.set(event.pointerId, event.clientX - left);
    if (fingers.size === 1) plot.setCursor({ left: event.clientX - left, top: event.clientY - top });
    if (!begun) return;
    last = pinched(begun.range, begun.at, places(), over.clientWidth);
    onMove(last);
  };
  const lift = ({ pointerId }: PointerEvent) => {
    fingers.delete(pointerId);
    if (begun && last) onSettle(last);
    begun = undefined;
    last = undefined;
  };
  const touch = (event: PointerEvent) => {
    if (event.pointerType !== 'touch') return;
    fingers.set(event.pointerId, event.clientX - over.getBoundingClientRect().left);
    if (fingers.size === 2) begun = { range: present(), at: places() };
    update(event);
  };
  over.addEventListener('pointerdown', touch, { signal });
  over.addEventListener('pointermove', update, { signal });
  for (const name of ['pointerup', 'pointercancel'] as const) over.addEventListener(name, lift, { signal });
}
