/** What is in hand, as pixels: a picture as it is, a feature map in the paper's colours. */
import type { Actions } from '../model/actions';
import type { Held } from '../model/state';
import { colourise, summarize, type ValueCache } from '../model/values';

/** Rejects when the server does not give it. */
export async function pixelsOf(
  held: Held,
  actions: Actions,
  values: ValueCache,
): Promise<TexImageSource | ImageData> {
  if (held.kind === 'image') {
    const picture = new Image();
    picture.src = actions.api.pictureUrl(held.image.id);
    await picture.decode();
    return picture;
  }
  const map = await values.get(held.image.id, held.map);
  const { magnitude } = summarize(map.values);
  return new ImageData(colourise(map.values, magnitude), map.width, map.height);
}
