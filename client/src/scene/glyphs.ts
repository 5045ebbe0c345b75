/**
 * The typeface as signed distances: troika makes one atlas for both weights; what a letter
 * looks like and how far it advances is asked once, so that setting a line is arithmetic.
 */
import regularUrl from '@fontsource/inter/files/inter-latin-400-normal.woff?url';
import boldUrl from '@fontsource/inter/files/inter-latin-600-normal.woff?url';
import type { Texture } from 'three';
import { configureTextBuilder, getTextRenderInfo } from 'troika-three-text';

export type Weight = 400 | 600;

/** One letter at size 1; `bounds` (left, bottom, right, top) count from the baseline's pen. */
export interface Glyph {
  readonly advance: number;
  /** Null for a space. */
  readonly shape: { readonly index: number; readonly bounds: readonly number[] } | null;
}

/** What the page's Latin font files hold, so that no letter is ever looked for elsewhere. */
const COVERED = /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u00ff\u0131\u0152\u0153\u2013\u2014\u2018-\u201d\u2022\u2026\u20ac\u2122\u2212]$/;
const ABSENT = '\u2022';
const FIRST = [...letters(0x21, 0x7e), '\u00b7', '\u00d7', '\u2026', '\u2022', '\u2212', '\u2013'];
const SPACE = 0.282;
const URLS: Readonly<Record<Weight, string>> = { 400: regularUrl, 600: boldUrl };

// A worker would need code from a blob, which the page's content policy forbids.
configureTextBuilder({ useWorker: false });

export class Glyphs {
  texture: Texture | null = null;
  /** Height of a capital at size 1. */
  readonly capHeight = 0.727;
  /** As troika encodes distances; see `configureTextBuilder`. */
  readonly exponent = 9;
  readonly glyphSize = 64;

  private readonly known: Readonly<Record<Weight, Map<string, Glyph>>> = {
    400: new Map(),
    600: new Map(),
  };
  private readonly asked: Readonly<Record<Weight, Set<string>>> = {
    400: new Set(),
    600: new Set(),
  };
  private readonly listeners = new Set<() => void>();

  /** Makes the letters that are nearly always needed; the first thing that loads the fonts. */
  prepare(): void {
    this.ask(400, FIRST);
    this.ask(600, FIRST);
  }

  /** Calls back whenever letters have become known. */
  onMore(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The glyph, or null while it is being made. */
  get(letter: string, weight: Weight): Glyph | null {
    if (letter === ' ' || letter === '\u00a0') return { advance: SPACE, shape: null };
    const wanted = COVERED.test(letter) ? letter : ABSENT;
    const glyph = this.known[weight].get(wanted);
    if (glyph !== undefined) return glyph;
    this.ask(weight, [wanted]);
    return null;
  }

  /** Width of a line at size 1; letters that are not known yet count as half a unit. */
  width(text: string, weight: Weight): number {
    let width = 0;
    for (const letter of text) width += this.get(letter, weight)?.advance ?? 0.5;
    return width;
  }

  /**
   * A line that is no wider than so much at size 1, or its end after an ellipsis: the end of a name
   * says more than its beginning, and small letters say nothing.
   */
  fitting(text: string, weight: Weight, widest: number): string {
    let rest = text;
    const cut = (): string => (rest === text ? text : `\u2026${rest}`);
    while (rest.length > 1 && this.width(cut(), weight) > widest) rest = rest.slice(1);
    return cut();
  }

  private ask(weight: Weight, wanted: readonly string[]): void {
    const fresh = wanted.filter((letter) => !this.asked[weight].has(letter));
    if (fresh.length === 0) return;
    for (const letter of fresh) this.asked[weight].add(letter);
    getTextRenderInfo(
      {
        // A line each, so that neither kerning nor ligatures join them.
        text: fresh.join('\n'),
        font: URLS[weight],
        fontSize: 1,
        lineHeight: 1,
        anchorX: 0,
        anchorY: 'top-baseline',
        includeCaretPositions: true,
      },
      (info) => {
        this.texture = info.sdfTexture;
        fresh.forEach((letter, line) => {
          const [left = 0, bottom = 0, right = 0, top = 0] = info.glyphBounds.subarray(4 * line);
          this.known[weight].set(letter, {
            advance: info.caretPositions?.[8 * line + 1] ?? 0.5,
            shape: {
              index: info.glyphAtlasIndices[line] ?? 0,
              bounds: [left, bottom + line, right, top + line],
            },
          });
        });
        for (const listener of this.listeners) listener();
      },
    );
  }
}

function letters(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i));
}
