import { describe, expect, it } from 'vitest';

import { NetworkState } from '../src/model/networkstate';
import { followResponse, growth } from '../src/model/response';
import { ValueCache } from '../src/model/values';
import type { KnownPicture } from '../src/model/visualizations';
import type { ImageInfo, NetworkSummary } from '../src/net/types';

const PICTURE = { network: 'n', layer: 'conv', channel: 2 } as KnownPicture;

/** Each image's map is constant but for one value; the mean is told. */
const MEANS: Readonly<Record<string, number>> = { coffee: 0.5, picture: 6, astronaut: 1 };

function image(id: string): ImageInfo {
  return { id, width: 8, height: 8, channels: 3, origin: 'dataset', name: id, label: null };
}

function following(): { network: NetworkState; asked: string[]; insert: (id: string) => void } {
  const network = new NetworkState({ id: 'n', name: 'n' } as NetworkSummary);
  const asked: string[] = [];
  const cache = new ValueCache({
    mapValues: (_network, id, layer, channel) => {
      asked.push(`${id} ${layer} ${channel}`);
      const mean = MEANS[id] ?? 0;
      return Promise.resolve({ width: 2, height: 1, values: Float32Array.of(mean - 1, mean + 1) });
    },
  });
  followResponse(network, cache, (id) => (id === 'picture' ? PICTURE : undefined));
  const done = { stage: 'done', arrived: 1, total: 1, problem: null } as const;
  return {
    network,
    asked,
    insert: (id) => {
      const before = network.inserted.peek();
      if (before !== null) network.earlier.value = [...network.earlier.peek(), before];
      network.progress.value = { ...done, stage: 'running' };
      network.inserted.value = image(id);
      network.progress.value = done;
    },
  };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}

describe('the response of a channel to its picture', () => {
  it('is its mean for the image before and for the picture, once the pass is done', async () => {
    const { network, asked, insert } = following();
    insert('coffee');
    await settled();
    expect(network.response.value).toBeNull();
    expect(asked).toEqual([]);
    insert('picture');
    await settled();
    expect(network.response.value).toMatchObject({ picture: PICTURE, earlier: { id: 'coffee' }, before: 0.5, after: 6 });
    expect(asked.sort()).toEqual(['coffee conv 2', 'picture conv 2']);
  });

  it('goes with the picture', async () => {
    const { network, insert } = following();
    insert('coffee');
    insert('picture');
    await settled();
    insert('astronaut');
    await settled();
    expect(network.response.value).toBeNull();
  });

  it('has nothing to compare with where the picture is the first image', async () => {
    const { network, insert } = following();
    insert('picture');
    await settled();
    expect(network.response.value).toMatchObject({ earlier: null, before: null, after: 6 });
  });
});

describe('its growth in words', () => {
  it.each([
    [0.5, 6, '12 times as strong'],
    [1, 1.6, '1.6 times as strong'],
    [0.001, 3.4567, '3,457 times as strong'],
    [1, 1.01, 'as strong as before'],
    [2, 1, 'weaker than before'],
    [0, 3, ''],
    [-1, 3, ''],
  ])('from %d to %d is “%s”', (before, after, words) => {
    expect(growth(before, after)).toBe(words);
  });
});
