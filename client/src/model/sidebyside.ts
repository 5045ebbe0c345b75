/** Several halls in one world: side by side, with their input frames towards the visitor. */
import type { Arrangement, Hall } from '../net/types';

/** Between neighbours, in m. */
const GAP = 5;
/** Beside an input frame, from its middle: the images to its left, the visitor to its right. */
const LEFT_OF_FRAME = 4.4;
const RIGHT_OF_FRAME = 5.5;

/** How far a hall reaches to both sides, in m. */
export interface Span {
  readonly left: number;
  readonly right: number;
}

/** Returns the width that an arrangement takes, with what the page puts beside its frame. */
export function spanOf({ bounds, input_frame: frame }: Arrangement): Span {
  return {
    left: Math.min(bounds.min_x, frame.x - LEFT_OF_FRAME),
    right: Math.max(bounds.max_x, frame.x + RIGHT_OF_FRAME),
  };
}

/**
 * Returns by how much each hall is moved to the right so that no two overlap, in m.
 *
 * `before`: how far each is moved now; who does not have to make room stays. The hall at
 * index `first` never moves.
 */
export function sideBySide(spans: readonly Span[], before: readonly number[], first: number): number[] {
  const moves = spans.map((_, index) => (index === first ? 0 : (before[index] ?? 0)));
  for (let index = first + 1; index < spans.length; index += 1) {
    const least = edge(spans, moves, index - 1, 'right') + GAP - (spans[index]?.left ?? 0);
    moves[index] = Math.max(moves[index] ?? 0, least);
  }
  for (let index = first - 1; index >= 0; index -= 1) {
    const most = edge(spans, moves, index + 1, 'left') - GAP - (spans[index]?.right ?? 0);
    moves[index] = Math.min(moves[index] ?? 0, most);
  }
  return moves;
}

function edge(spans: readonly Span[], moves: readonly number[], index: number, side: keyof Span): number {
  return (spans[index]?.[side] ?? 0) + (moves[index] ?? 0);
}

/** Returns the hall moved to the right by so many m. */
export function moved(hall: Hall, by: number): Hall {
  if (by === 0) return hall;
  const { panels, routes, signs, input_frame: frame, bounds } = hall.arrangement;
  const aside = <T extends { readonly x: number }>(one: T): T => ({ ...one, x: one.x + by });
  return {
    ...hall,
    arrangement: {
      panels: panels.map(aside),
      routes: routes.map((route) => ({
        ...route,
        points: route.points.map(([x, z]): [number, number] => [x + by, z]),
        label_at: [route.label_at[0] + by, route.label_at[1]],
      })),
      signs: signs.map(aside),
      input_frame: aside(frame),
      bounds: { ...bounds, min_x: bounds.min_x + by, max_x: bounds.max_x + by },
    },
  };
}
