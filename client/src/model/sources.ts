/**
 * How each image that this page knows came about, so that it can be brought to a server
 * that has forgotten it (a new start, or its memory was full).
 */
const KEPT = 64;

export type Again = () => Promise<unknown>;

export class Sources {
  /** Least recently used first, as a Map keeps its order of insertion. */
  private readonly byImage = new Map<string, Again>();

  remember(image: string, again: Again): void {
    this.byImage.delete(image);
    this.byImage.set(image, again);
    for (const oldest of this.byImage.keys()) {
      if (this.byImage.size <= KEPT) break;
      this.byImage.delete(oldest);
    }
  }

  forget(image: string): void {
    this.byImage.delete(image);
  }

  /** How an image comes to the server; undefined when nobody knows. */
  wayTo(image: string): Again | undefined {
    return this.byImage.get(image);
  }

  /** Brings the image to the server once more; resolves to false when nobody knows how. */
  async bring(image: string): Promise<boolean> {
    const again = this.wayTo(image);
    if (again === undefined) return false;
    await again();
    return true;
  }
}
