import { describe, expect, it } from 'vitest';

import { textureBytesFor } from '../../src/scene/graphics';

const MIB = 1024 ** 2;

describe('textureBytesFor', () => {
  it.each([
    'Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/33.0 Chrome/126.0 VR Safari/537.36',
    'Mozilla/5.0 (Linux; Android 12; A8110) AppleWebKit/537.36 (KHTML, like Gecko) PicoBrowser/3.3 Chrome/105.0 VR Safari/537.36',
    'Mozilla/5.0 (Android 12; Mobile VR; rv:121.0) Gecko/121.0 Firefox/121.0 Wolvic/1.6',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  ])('spares the memory of what is not a desktop: %s', (agent) => {
    expect(textureBytesFor(agent)).toBe(192 * MIB);
  });

  it.each([
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.5 Safari/605.1',
  ])('gives a desktop more: %s', (agent) => {
    expect(textureBytesFor(agent)).toBe(1024 * MIB);
  });
});
