// Times one pick of a hall's scene, for pointing.py: the page's own code, with nothing drawn.
// node pointing.mjs HALL.json PICKS; prints one JSON object.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const client = join(dirname(fileURLToPath(import.meta.url)), '..', 'client');
const require = createRequire(join(client, 'package.json'));
const { build } = await import(pathToFileURL(join(dirname(require.resolve('vite/package.json')), 'dist/node/index.js')));

// All that picking does not need answers anything with itself.
const nothing = new Proxy(function () {}, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => 0 : nothing),
  apply: () => nothing,
  construct: () => nothing,
  set: () => true,
});
globalThis.document = { baseURI: 'http://localhost/', createElement: () => nothing };
globalThis.Worker = class {
  addEventListener() {}
  postMessage() {}
  terminate() {}
};

const [hallFile, picks] = [process.argv[2], Number(process.argv[3])];
const hall = JSON.parse(readFileSync(hallFile, 'utf8'));
const folder = dirname(hallFile);
const entry = join(folder, 'entry.ts');
const source = (path) => JSON.stringify(join(client, 'src', path));
writeFileSync(
  entry,
  `export { NetworkState } from ${source('model/networkstate')};
   export { State } from ${source('model/state')};
   export { HallScene } from ${source('scene/hallscene')};
   export { lookAlong } from ${source('scene/pointing')};
   export { PerspectiveCamera, Ray, Raycaster, Vector2 } from ${JSON.stringify(join(client, 'node_modules/three'))};`,
);
// Bundled as the page is, because modules that are loaded one by one call each other more slowly.
await build({
  root: client,
  configFile: false,
  logLevel: 'error',
  build: { ssr: entry, outDir: join(folder, 'built'), target: 'es2023', minify: false },
  ssr: { noExternal: true },
});
const page = await import(pathToFileURL(join(folder, 'built', 'entry.js')));
const { HallScene, lookAlong, NetworkState, PerspectiveCamera, Ray, Raycaster, State, Vector2 } = page;

const summary = { id: hall.network, name: hall.network, collapsed: [], course: hall.course, input: { width: 32, height: 32 } };
const network = new NetworkState(summary);
network.hall.value = hall;
const state = new State();
state.networks.value = [network];
const renderer = { domElement: nothing, getContext: () => nothing, state: nothing, capabilities: nothing };
const budgets = { maps: 2 ** 30, pictures: 2 ** 27 };
const scene = new HallScene(network, hall, renderer, state, nothing, nothing, budgets);
const parts = Object.fromEntries(scene.pickables.map((one) => [one.constructor.name, [one]]));

// Eyes all along the walk, looking ahead and to the sides, with the pointer anywhere in the view.
let seed = 7;
const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
const { min_x, max_x, min_z, max_z } = hall.arrangement.bounds;
const camera = new PerspectiveCamera(60, 1.6, 0.05, 900);
const caster = new Raycaster();
const rays = Array.from({ length: 512 }, () => {
  camera.position.set(min_x + random() * (max_x - min_x), 1.7, min_z + random() * (max_z - min_z));
  camera.rotation.set(0, (random() - 0.5) * Math.PI, 0);
  camera.updateMatrixWorld();
  caster.setFromCamera(new Vector2(random() * 2 - 1, random() * 2 - 1), camera);
  return new Ray().copy(caster.ray);
});

const met = { pickable: null, distance: Infinity };

/** Median of the means of batches, in us of this process: others may use the processor, too. */
function time(pickables) {
  const times = [];
  for (let pick = 0; pick < picks; pick += rays.length) {
    const start = process.cpuUsage();
    for (const ray of rays) lookAlong(ray, pickables, met);
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / rays.length);
  }
  times.splice(0, times.length / 4);
  return times.sort((a, b) => a - b)[times.length >> 1];
}

let hits = 0;
for (const ray of rays) {
  lookAlong(ray, scene.pickables, met);
  hits += Number(met.pickable !== null);
}
const whole = time(scene.pickables);
const each = Object.fromEntries(Object.entries(parts).map(([name, one]) => [name, time(one)]));
console.log(JSON.stringify({ panels: hall.arrangement.panels.length, met: hits / rays.length, whole, each }));
process.exit(0);
