/** Thumbnails side by side in one texture, so that a page of pictures is one draw. */
import { CanvasTexture, LinearFilter, LinearMipmapLinearFilter } from 'three';

const CELL_WIDTH = 256;
const CELL_HEIGHT = 208;

export class ContactSheet {
  readonly texture: CanvasTexture;
  private readonly context: CanvasRenderingContext2D | null;
  private run = 0;

  constructor(
    readonly columns: number,
    readonly rows: number,
  ) {
    const canvas = document.createElement('canvas');
    canvas.width = columns * CELL_WIDTH;
    canvas.height = rows * CELL_HEIGHT;
    this.context = canvas.getContext('2d');
    this.texture = new CanvasTexture(canvas);
    this.texture.magFilter = LinearFilter;
    this.texture.minFilter = LinearMipmapLinearFilter;
    this.texture.anisotropy = 4;
  }

  /** Fills the cells in order, each as its picture arrives; a newer call takes over. */
  show(urls: readonly string[]): void {
    this.run += 1;
    const { run } = this;
    this.context?.clearRect(0, 0, this.columns * CELL_WIDTH, this.rows * CELL_HEIGHT);
    this.texture.needsUpdate = true;
    urls.forEach((url, cell) => {
      const picture = new Image();
      picture.src = url;
      picture.decode().then(
        () => {
          if (run === this.run) this.put(picture, cell);
        },
        // The cell stays empty; its caption still says what it is.
        () => undefined,
      );
    });
  }

  dispose(): void {
    this.run += 1;
    this.texture.dispose();
  }

  /** The picture's middle, as large as fills the cell. */
  private put(picture: HTMLImageElement, cell: number): void {
    const { naturalWidth: width, naturalHeight: height } = picture;
    const scale = Math.min(width / CELL_WIDTH, height / CELL_HEIGHT);
    const cut = { width: CELL_WIDTH * scale, height: CELL_HEIGHT * scale };
    const x = (cell % this.columns) * CELL_WIDTH;
    const y = Math.floor(cell / this.columns) * CELL_HEIGHT;
    this.context?.drawImage(
      picture,
      (width - cut.width) / 2,
      (height - cut.height) / 2,
      cut.width,
      cut.height,
      x,
      y,
      CELL_WIDTH,
      CELL_HEIGHT,
    );
    this.texture.needsUpdate = true;
  }
}
