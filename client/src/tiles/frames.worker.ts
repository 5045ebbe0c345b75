/** The worker in which frames are fetched and decoded, so that the page keeps its frame rate. */
import type { ToWorker } from './messages';
import { Streams } from './streams';

const streams = new Streams(
  (url, init) => fetch(url, init),
  (message, transfer) => {
    postMessage(message, { transfer });
  },
);

addEventListener('message', (event: MessageEvent<ToWorker>) => {
  void streams.receive(event.data);
});
