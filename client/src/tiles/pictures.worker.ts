/** The worker in which sheets of pictures are fetched and cut, so that the page keeps its frame rate. */
import { messageOf } from '../model/notices';
import { sentence } from '../net/api';
import { cellsOf, type ReadPart, type SheetAnswer, type SheetAsked } from './sheets';

addEventListener('message', (event: MessageEvent<SheetAsked>) => {
  const asked = event.data;
  answer(asked).then(
    (cells) => {
      const message: SheetAnswer = { id: asked.id, cells };
      postMessage(message, { transfer: cells.flatMap((cell) => (cell === null ? [] : [cell.buffer])) });
    },
    (error: unknown) => {
      const message: SheetAnswer = { id: asked.id, problem: messageOf(error) };
      postMessage(message);
    },
  );
});

async function answer(asked: SheetAsked): Promise<(Uint8Array<ArrayBuffer> | null)[]> {
  const response = await fetch(asked.url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(await sentence(response));
  // The bytes of a picture are what the network is given: no profile changes them.
  const options = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' } as const;
  const sheet = await createImageBitmap(await response.blob(), options);
  try {
    return cellsOf(asked, sheet, readerOf(sheet, asked.width, asked.height));
  } finally {
    sheet.close();
  }
}

function readerOf(sheet: ImageBitmap, width: number, height: number): ReadPart {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('This browser draws no pictures.');
  context.imageSmoothingQuality = 'high';
  return (part) => {
    context.clearRect(0, 0, width, height);
    context.drawImage(sheet, part.x, part.y, part.width, part.height, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data;
  };
}
