/** Beside a magnified picture: what its channel makes of it, and of the image in the network. */
import type { Actions } from '../model/actions';
import { formatPercent, formatValue } from '../model/format';
import type { State } from '../model/state';
import { MAP_COLORS, type MapColors } from '../model/mapcolors';
import { colourise, summarize, type ValueCache } from '../model/values';
import type { KnownPicture } from '../model/visualizations';
import type { MapValues } from '../net/api';
import type { ImageInfo } from '../net/types';
import { button, h } from './dom';

export class Comparison {
  readonly element = h('aside', { class: 'comparison', 'aria-label': 'The channel and its picture' });
  private shown: KnownPicture | null = null;

  constructor(
    private readonly state: State,
    private readonly actions: Actions,
    private readonly cache: ValueCache,
    /** Called before something is done in the hall. */
    private readonly leave: () => void,
  ) {
    this.element.hidden = true;
  }

  /** Shows the comparison for a picture; null for what is none. */
  show(image: ImageInfo | null): void {
    const picture = (image && this.actions.visualizations.pictureOf(image.id)) ?? null;
    this.shown = picture;
    this.element.hidden = picture === null;
    this.element.replaceChildren();
    if (image === null || picture === null) return;
    this.element.append(responseList(picture), this.buttons(image, picture));
    void this.compare(image, picture);
  }

  private buttons(image: ImageInfo, { job, channel, ...ref }: KnownPicture): HTMLElement {
    const { visualizations } = this.actions.api;
    const insert = button({ class: 'primary' }, () => {
      this.leave();
      this.actions.hold({ kind: 'image', image, visualization: { network: ref.network, layer: ref.layer, channel } });
      this.actions.insertHeld(this.state.find(ref.network));
    }, 'Insert');
    return h(
      'div',
      { class: 'row' },
      insert,
      h('a', { class: 'button', href: visualizations.pngUrl(job.id, channel), download: '' }, 'Save PNG'),
      h('a', { class: 'button', href: visualizations.sheetUrl(job.id), download: '' }, 'Contact sheet'),
    );
  }

  private async compare(image: ImageInfo, picture: KnownPicture): Promise<void> {
    const inserted = this.state.find(picture.network)?.inserted.peek() ?? null;
    const other = inserted?.id === image.id ? null : inserted;
    try {
      const own = await this.cache.get(image.id, picture);
      const others = other === null ? null : await this.cache.get(other.id, picture);
      const colors = MAP_COLORS[this.state.preferences.colors.peek()];
      if (this.shown === picture) this.element.prepend(...figures(own, other, others, colors));
    } catch {
      // Without an answer the facts stand alone; the connection is watched elsewhere.
    }
  }
}

/** Both on one scale, as the maps of one layer are. */
function figures(
  own: MapValues,
  other: ImageInfo | null,
  others: MapValues | null,
  colors: MapColors,
): HTMLElement[] {
  const maps = others === null ? [own] : [own, others];
  const magnitude = Math.max(...maps.map(({ values }) => summarize(values).magnitude));
  const first = figure('this picture', own, magnitude, colors);
  const second = other === null || others === null ? [] : [figure(other.label ?? other.name, others, magnitude, colors)];
  return [h('h3', {}, 'The channel’s feature map for'), h('div', { class: 'figures' }, first, ...second)];
}

function figure(
  caption: string,
  { width, height, values }: MapValues,
  magnitude: number,
  colors: MapColors,
): HTMLElement {
  const canvas = h('canvas', { width: String(width), height: String(height), 'aria-hidden': 'true' });
  canvas.getContext('2d')?.putImageData(new ImageData(colourise(values, magnitude, colors), width, height), 0, 0);
  const mean = formatValue(summarize(values).mean);
  return h('figure', {}, canvas, h('figcaption', {}, caption, h('b', {}, `mean ${mean}`)));
}

function responseList({ job, facts }: KnownPicture): HTMLElement {
  const { before, after, probability, rank, silence } = facts;
  const start = job.start === null ? 'mid-grey' : 'the image it began with';
  const rows: (readonly [name: string, value: string | null])[] = [
    [`response to ${start}`, before === null ? null : formatValue(before)],
    ['response to the picture', after === null ? null : formatValue(after)],
    ['probability', probability === null ? null : formatPercent(probability)],
    ['place among all classes', rank === null ? null : String(rank)],
    ['silent after its activation', silence === 'before_activation' ? 'made before it' : null],
  ];
  return h('dl', {}, ...rows.flatMap(([name, value]) => (value === null ? [] : [h('dt', {}, name), h('dd', {}, value)])));
}
