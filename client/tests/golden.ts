/** The golden frames that the server's tests read too (tests/wire/golden/README.md). */
import type { FrameHeader } from '../src/net/types';

export interface GoldenFrame {
  readonly header: FrameHeader;
  readonly payload_bytes: number;
  readonly scales?: readonly number[];
  readonly codes?: readonly number[];
  readonly planes?: readonly (readonly (number | null)[])[];
  readonly values?: readonly (number | string)[];
  readonly places?: readonly number[];
}

const EXPECTED = import.meta.glob<{ frames: GoldenFrame[] }>('../../tests/wire/golden/*.json', {
  eager: true,
  import: 'default',
});
const BYTES = import.meta.glob<string>('../../tests/wire/golden/*.bin', {
  eager: true,
  import: 'default',
  query: '?inline',
});

/** Every golden file: its name, its bytes and what is in it. */
export const GOLDEN = Object.entries(BYTES).map(([path, url]) => {
  const expected = EXPECTED[path.replace(/bin$/, 'json')];
  if (expected === undefined) throw new Error(`Nothing says what is in ${path}.`);
  const text = atob(url.slice(url.indexOf(',') + 1));
  return {
    name: path.replace(/^.*\/|\.bin$/g, ''),
    bytes: Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
    frames: expected.frames,
  };
});

export function golden(name: string): (typeof GOLDEN)[number] {
  const found = GOLDEN.find((file) => file.name === name);
  if (found === undefined) throw new Error(`There is no golden file ${name}.`);
  return found;
}
