import UPlot from 'uplot';
import { readColors, type ChartColors } from './colors';
import { drawIntervals, drawThreshold, drawUnits } from './drawing';
import { listenToGestures } from './gestures';
import { scaleKeyOf, structureOf, type ChartModel } from './model';
import { axesOf, isEdge, paddingOf, scaleOptions, seriesParts } from './plot-options';
import { axisCountOf } from './scales';
import type { TimeRange } from './series';

export interface PlotHandlers {
  /** A range was chosen by dragging, panning or pinching. */
  readonly onRange: (range: TimeRange) => void;
  /** The cursor is at this place of the common times, or nowhere. */
  readonly onCursor: (index: number | null) => void;
}

/** Shorter drags are clicks. */
const LEAST_DRAG_PIXELS = 5;

/** The drawing of a chart. This file and `plot-options.ts`, `drawing.ts` and `gestures.ts` are all that knows uPlot. */
export class Plot {
  private plot: UPlot | undefined;
  private structure = '';
  private stopListening = () => {};
  private visible: TimeRange;
  private readonly drawn = new Set<() => void>();

  constructor(
    private readonly element: HTMLElement,
    private model: ChartModel,
    private readonly handlers: PlotHandlers,
  ) {
    this.visible = model.range;
    this.build();
  }

  /** Shows another model. Where its lines and axes are the same, only data is exchanged. */
  update(model: ChartModel): void {
    this.model = model;
    this.visible = model.range;
    if (structureOf(model) !== this.structure) this.rebuild();
    else this.showData();
  }

  /** Redraws in other colors. */
  rebuild(): void {
    this.remove();
    this.build();
    this.handlers.onCursor(null);
  }

  resize(width: number): void {
    if (!this.plot || width <= 0 || width === this.plot.width) return;
    if (axisCountOf(this.model, width) !== axisCountOf(this.model, this.plot.width)) this.rebuild();
    else this.plot.setSize({ width, height: this.model.height });
  }

  /** Where the lines begin and end, in pixels from the left of the element. */
  frame(): { left: number; width: number } {
    const { offsetLeft: left = 0, clientWidth: width = 0 } = this.plot?.over ?? {};
    return { left, width };
  }

  /** Moves the cursor to a place of the common times, or away. */
  moveCursor(index: number | null): void {
    const time = index === null ? undefined : this.model.data.times[index];
    const left = time === undefined ? -10 : (this.plot?.valToPos(time, 'x') ?? -10);
    this.plot?.setCursor({ left, top: left < 0 ? -10 : 0 });
  }

  /** Where a value is, in pixels from the top of the element. */
  topOf(value: number, seriesId: string): number | undefined {
    const { plot } = this;
    return plot && plot.valToPos(value, scaleKeyOf(this.model, seriesId)) + plot.over.offsetTop;
  }

  /** The value at a place in pixels from the top of the element. */
  valueAt(top: number, seriesId: string): number | undefined {
    const { plot } = this;
    return plot?.posToVal(top - plot.over.offsetTop, scaleKeyOf(this.model, seriesId));
  }

  /** The range of the axis of a series. */
  scaleRange(seriesId: string): { min: number; max: number } | undefined {
    const { min, max } = this.plot?.scales[scaleKeyOf(this.model, seriesId)] ?? {};
    return typeof min === 'number' && typeof max === 'number' ? { min, max } : undefined;
  }

  /** Calls back when everything was drawn: what is placed over the plot moves with it. */
  onDrawn(listener: () => void): () => void {
    this.drawn.add(listener);
    return () => this.drawn.delete(listener);
  }

  remove(): void {
    this.stopListening();
    this.plot?.destroy();
    this.plot = undefined;
  }

  private build(): void {
    const colors = readColors(this.element);
    const { model } = this;
    const { series, bands, data } = seriesParts(model, colors);
    this.structure = structureOf(model);
    const width = this.element.clientWidth || 300;
    const options = {
      width,
      height: model.height,
      ms: 1 as const,
      padding: paddingOf(model),
      tzDate: (time: number) => (model.zone ? UPlot.tzDate(new Date(time), model.zone) : new Date(time)),
      legend: { show: false },
      scales: scaleOptions(() => this.model, UPlot.rangeNum.bind(UPlot)),
      axes: axesOf(model, colors, axisCountOf(model, width)),
      series,
      bands,
      cursor: this.cursorOptions(colors),
      hooks: this.hooks(colors),
    };
    this.plot = new UPlot(options, data, this.element);
    this.stopListening = listenToGestures(this.plot, {
      present: () => this.visible,
      onMove: (range) => this.showRange(range),
      onSettle: (range) => this.handlers.onRange(range),
    });
    this.showRange(model.range);
  }

  private cursorOptions({ surface }: ChartColors): UPlot.Cursor {
    return {
      y: false,
      // The edges of a band have no point.
      points: { size: (plot, index) => (isEdge(plot.series[index]) ? 0 : 8), width: 2, stroke: surface },
      drag: { x: true, y: false, setScale: false },
      bind: {
        // It would show all times that there are, which is no range that was asked for.
        dblclick: () => null,
        mousedown: (_plot, _target, handle) => (event) => {
          // Shift pans.
          if (!event.shiftKey) handle(event);
          return null;
        },
      },
    };
  }

  private hooks(colors: ChartColors): UPlot.Hooks.Arrays {
    return {
      drawAxes: [(plot) => drawIntervals(plot, this.model, colors)],
      draw: [
        (plot) => drawThreshold(plot, this.model, colors),
        (plot) => drawUnits(plot, this.model, colors),
        () => this.drawn.forEach((listener) => listener()),
      ],
      setCursor: [({ cursor }) => this.handlers.onCursor(cursor.idx ?? null)],
      setSelect: [(plot) => this.takeSelection(plot)],
    };
  }

  private takeSelection(plot: UPlot): void {
    const { left, width } = plot.select;
    if (width === 0) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (width < LEAST_DRAG_PIXELS) return;
    const [from, to] = [left, left + width].map((at) => Math.round(plot.posToVal(at, 'x')));
    if (from !== undefined && to !== undefined && to > from) this.handlers.onRange({ from, to });
  }

  private showData(): void {
    const { plot, model } = this;
    if (!plot) return;
    const { data, series } = seriesParts(model, readColors(this.element));
    plot.batch(() => {
      series.forEach(({ show }, index) => {
        if (index > 0 && plot.series[index]?.show !== show) plot.setSeries(index, { show });
      });
      plot.setData(data, false);
      plot.setScale('x', { min: model.range.from, max: model.range.to });
    });
    // Other data is below the pointer now.
    const { left = -10, top = -10 } = plot.cursor;
    plot.setCursor({ left, top });
  }

  private showRange(range: TimeRange): void {
    this.visible = range;
    this.plot?.setScale('x', { min: range.from, max: range.to });
  }
}
