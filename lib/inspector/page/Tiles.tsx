import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type Palette, shortCount } from './drawMark.ts';
import type { InspectorModel, Second } from './InspectorModel.ts';

interface TileKind {
  readonly key: Exclude<keyof Second, 'at'>;
  readonly title: string;
  readonly hue: number;
  readonly show: (value: number) => string;
}

export const sizeOf = (bytes: number): string =>
  bytes < 1000
    ? `${Math.round(bytes)} B`
    : bytes < 1e6
      ? `${(bytes / 1e3).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`;
const timeOf = (ms: number): string => (ms === 0 ? '–' : ms < 10 ? `${ms.toFixed(2)} ms` : `${Math.round(ms)} ms`);

const kinds: readonly TileKind[] = [
  { key: 'published', title: 'Published a second', hue: 0, show: shortCount },
  { key: 'sent', title: 'Sent a second', hue: 6, show: shortCount },
  { key: 'bytes', title: 'Bytes sent a second', hue: 1, show: sizeOf },
  { key: 'readers', title: 'Readers', hue: 4, show: shortCount },
  { key: 'lag', title: 'Largest lag (entries)', hue: 2, show: shortCount },
  { key: 'latency', title: 'Slowest append', hue: 3, show: timeOf },
];

export function Tiles({ model, palette }: { readonly model: InspectorModel; readonly palette: Palette }) {
  const last = model.seconds.at(-1);
  return (
    <section class="tiles" aria-label="Rates">
      {kinds.map(({ key, title, hue, show }) => (
        <div class="card tile" key={key}>
          <h2>{title}</h2>
          <p class="figure">{last === undefined ? '–' : show(last[key])}</p>
          <Sparkline seconds={model.seconds} field={key} color={palette.hues[hue] ?? palette.ink} />
        </div>
      ))}
    </section>
  );
}

interface SparklineProps {
  readonly seconds: readonly Second[];
  readonly field: TileKind['key'];
  readonly color: string;
}

/** The last minutes of one figure. */
function Sparkline({ seconds, field, color }: SparklineProps) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const plot = new uPlot(
      {
        width: target.clientWidth,
        height: 40,
        legend: { show: false },
        cursor: { show: false },
        axes: [{ show: false }, { show: false }],
        padding: [2, 0, 0, 0],
        scales: { x: { time: false }, y: { range: (_plot, _least, most) => [0, Math.max(1, most ?? 1)] } },
        series: [{}, { stroke: color, width: 1.5, fill: `${color}22`, points: { show: false } }],
      },
      [[], []],
      target,
    );
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: target.clientWidth, height: 40 }));
    observer.observe(target);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [color]);
  const at = seconds.at(-1)?.at;
  useEffect(() => {
    const shown = seconds.slice(-120);
    chart.current?.setData([shown.map((second) => second.at / 1000), shown.map((second) => second[field])]);
  }, [at, color]);
  return <div class="spark" ref={element} aria-hidden="true" />;
}
