/** What the magnifier and the hologram look at: pixels to draw, and a text for each of them. */
import type { Actions } from './actions';
import { formatPercent, formatValue } from './format';
import { layerDetails, layerNameAt } from './layertext';
import { MAP_COLORS } from './mapcolors';
import type { Held, State } from './state';
import { madeText } from './visualizationtext';
import { colourise, summarize, type MapSummary, type ValueCache } from './values';

export interface Pixels {
  readonly title: string;
  readonly details: string;
  /** Of all pixels, those that say most first. */
  readonly figures: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly image: ImageData;
  /** The pixel's true values. */
  describe(x: number, y: number): string;
  /** Short enough to stand in the pixel itself. */
  short(x: number, y: number): string;
}

export async function pixelsOf(what: Held, state: State, cache: ValueCache, actions: Actions): Promise<Pixels> {
  return what.kind === 'map' ? mapPixels(what, state, cache) : picturePixels(what, actions);
}

async function mapPixels(
  { map, image }: Extract<Held, { kind: 'map' }>,
  state: State,
  cache: ValueCache,
): Promise<Pixels> {
  // Before the first wait, so that who shows it is told when the colours change.
  const colors = MAP_COLORS[state.preferences.colors.value];
  const { width, height, values } = await cache.get(image.id, map);
  const layer = state.find(map.network)?.hall.peek()?.graph.layers.find(({ id }) => id === map.layer);
  const summary = summarize(values);
  const value = (x: number, y: number): string => formatValue(values[y * width + x] ?? NaN);
  return {
    title: `${layerNameAt(state, map)} · channel ${map.channel}`,
    details: `${width} × ${height}${layer === undefined ? '' : ` of ${layerDetails(layer)}`}`,
    figures: figuresOf(summary),
    width,
    height,
    image: new ImageData(colourise(values, summary.magnitude, colors), width, height),
    describe: value,
    short: value,
  };
}

function figuresOf({ minimum, maximum, mean, std, zeros, nonFinite }: MapSummary): string[] {
  return [
    `min ${formatValue(minimum)}`,
    `max ${formatValue(maximum)}`,
    `mean ${formatValue(mean)}`,
    `zeros ${formatPercent(zeros)}`,
    `std ${formatValue(std)}`,
    ...(nonFinite > 0 ? [`not finite ${nonFinite}`] : []),
  ];
}

async function picturePixels({ image }: Extract<Held, { kind: 'image' }>, actions: Actions): Promise<Pixels> {
  const data = await actions.api.picture(image.id);
  const picture = actions.visualizations.pictureOf(image.id);
  const channels = (x: number, y: number): readonly number[] => [
    ...data.data.subarray((y * data.width + x) * 4, (y * data.width + x) * 4 + 3),
  ];
  return {
    title: image.label ?? (picture === undefined ? image.name : `Channel ${picture.channel} of ${picture.layer}`),
    details: picture === undefined ? image.name : `${picture.layer} · channel ${picture.channel} · ${madeText(picture.job)}`,
    figures: [`${data.width} × ${data.height} pixels`],
    width: data.width,
    height: data.height,
    image: data,
    describe: (x, y) => `RGB ${channels(x, y).join(' ')}`,
    short: (x, y) => channels(x, y).join(' '),
  };
}
