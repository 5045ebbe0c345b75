/** The part of troika-three-text that the scene uses; its own declarations are not published. */
declare module 'troika-three-text' {
  import type { Texture } from 'three';

  interface TextRenderInfo {
    readonly sdfTexture: Texture;
    readonly glyphBounds: Float32Array;
    readonly glyphAtlasIndices: Float32Array;
    readonly caretPositions?: Float32Array;
  }

  export function configureTextBuilder(config: { useWorker: boolean }): void;
  export function getTextRenderInfo(
    options: {
      text: string;
      font: string;
      fontSize: number;
      lineHeight: number;
      anchorX: number;
      anchorY: 'top-baseline';
      includeCaretPositions: boolean;
    },
    done: (info: TextRenderInfo) => void,
  ): void;
}
