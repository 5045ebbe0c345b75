/** Where the names of boxes stand on a picture so that none covers another; pure. */

/** Edges in m from the picture's upper left corner. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The name of box number `box`, in m from the picture's upper left corner. */
export interface Tag {
  readonly box: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Places a tag for each box, the first boxes first: over the box, else in its upper or lower
 * corner. A box for which there is no room gets none.
 *
 * @param widths of the tags, by box
 * @param height of a tag
 * @param picture that all tags stay within
 */
export function placeTags(
  boxes: readonly Box[],
  widths: readonly number[],
  height: number,
  picture: { readonly width: number; readonly height: number },
): Tag[] {
  const placed: Tag[] = [];
  boxes.forEach(({ left, top, bottom }, box) => {
    const width = Math.min(widths[box] ?? 0, picture.width);
    const x = Math.max(0, Math.min(left, picture.width - width));
    for (const y of [top - height, top, bottom - height]) {
      const tag = { box, x, y, width, height };
      const fits = y >= 0 && y + height <= picture.height;
      if (!fits || placed.some((other) => overlap(tag, other))) continue;
      placed.push(tag);
      return;
    }
  });
  return placed;
}

function overlap(a: Tag, b: Tag): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
